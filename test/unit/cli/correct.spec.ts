import { Command } from 'commander';
import { createFileGraphStore } from '../../../lib/adapters/embedded/disk/graph-store';
import { createFileHistory } from '../../../lib/adapters/embedded/disk/history';
import { createFileJournalStore } from '../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../lib/adapters/embedded/disk/layout';
import { registerCorrect } from '../../../lib/cli/correct';
import { currentUser } from '../../../lib/cli/options';
import { graphHash } from '../../../lib/core/dag/hash';
import type { JobEvent } from '../../../lib/core/job/events';
import { EMPTY_HEAD, record } from '../../../lib/core/journal/envelope';
import type { Diagnosis } from '../../../lib/core/model/failure';
import { temporaryDir } from '../../support/e2e-files';
import { graph, JobDriver, node, retrying } from '../../support/job-driver';

const SIGNATURE = 'c'.repeat(16);
const diagnosis: Diagnosis = {
  ...{ class: 'network', confidence: 0.9, signature: SIGNATURE, by: 'model', why: 'ECONNREFUSED' },
};

/** A journal directory with a job whose node failed and then passed. */
async function directory() {
  const dir = temporaryDir();
  const layout = layoutOf(dir);
  const shop = graph([node('cart', retrying(2)), node('report', { needs: ['cart'] })]);
  const hash = graphHash(shop);
  await createFileGraphStore(layout.graphs).put(hash, shop);
  const job = new JobDriver(shop);
  const pool = { priority: 'normal', pool: 'default' } as const;
  job.send({ type: 'submit', graphHash: hash, owner: currentUser(), ...pool });
  job.send({ type: 'admit' });
  job.enterAll();
  job.fail('cart', 'exit', { diagnosis });
  job.send({ type: 'timerDue', nodeId: 'cart', attempt: 2 });
  job.succeed('cart');
  job.succeed('report');
  const actor = { kind: 'engine', id: 'test' } as const;
  const cause = { at: 1_000, actor, causeId: 'c', correlationId: 'job/j', traceId: 't' };
  const events = record<JobEvent>(
    'job/j',
    EMPTY_HEAD,
    job.events.map(({ event }) => event),
    cause,
  );
  const journal = createFileJournalStore(layout);
  await journal.append('job/j', EMPTY_HEAD, events);
  await journal.close();
  return { dir, layout };
}

async function correct(dir: string, ...more: readonly string[]): Promise<string> {
  const program = new Command().exitOverride();
  registerCorrect(program);
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const said = ['--class', 'assertion', '--reason', 'the price is wrong', '--journal', dir];
    await program.parseAsync(['node', 'reprise', 'correct', 'j', 'cart', ...said, ...more]);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

describe('reprise correct', () => {
  it('journals what the last failure was, and keeps it for failures of the same signature', async () => {
    const { dir, layout } = await directory();
    expect(await correct(dir)).toBe('attempt 1 of cart was assertion: the price is wrong\n');
    const types: string[] = [];
    for await (const { type } of createFileJournalStore(layout).read('job/j')) types.push(type);
    expect(types.at(-1)).toBe('attempt.reclassified');
    expect(await createFileHistory(layout).correctionOf(SIGNATURE, currentUser())).toMatchObject({
      ...{ class: 'assertion', reason: 'the price is wrong', by: currentUser() },
    });
  });

  it('refuses an attempt that did not fail', async () => {
    const { dir } = await directory();
    await expect(correct(dir, '--attempt', '2')).rejects.toMatchObject({
      code: 'NODE_NOT_FOUND',
      message: 'attempt 2 of cart has no classified failure to correct',
    });
    await expect(correct(dir, '--attempt', 'x')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
