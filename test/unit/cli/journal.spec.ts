import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { exportOf } from '../../../lib/adapters/archive/export-text';
import { createFileGraphStore } from '../../../lib/adapters/embedded/disk/graph-store';
import { createFileJournalStore } from '../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../lib/adapters/embedded/disk/layout';
import { registerJournal } from '../../../lib/cli/journal';
import { createAudit } from '../../../lib/core/cleanup/audit';
import { graphHash } from '../../../lib/core/dag/hash';
import { EMPTY_HEAD, type Recorded } from '../../../lib/core/journal/envelope';
import { poolDecider } from '../../../lib/core/scheduler/decider';
import { temporaryDir } from '../../support/e2e-files';
import { graph, JobDriver, node, retrying } from '../../support/job-driver';
import { GROUP, LetterDriver } from '../../support/letter-driver';
import { recordedAt } from '../../support/recorded';
import { TargetDriver } from '../../support/target-driver';
import { NOON, TriggerDriver } from '../../support/trigger-driver';

const actor = { kind: 'engine', id: 'test' } as const;

/** A journal directory with a stream of every kind that has files. */
async function directory(): Promise<string> {
  const dir = temporaryDir();
  const layout = layoutOf(dir);
  const shop = graph([node('cart', retrying(2)), node('report', { needs: ['cart'] })], { name: 'shop' });
  const hash = graphHash(shop);
  await createFileGraphStore(layout.graphs).put(hash, shop);
  const job = new JobDriver(shop);
  job.send({ type: 'submit', graphHash: hash, owner: 'ana', priority: 'normal', pool: 'default' });
  job.send({ type: 'admit' });
  job.enterAll();
  job.now += 1_234;
  job.fail('cart', 'exit');
  job.now += 100;
  job.send({ type: 'timerDue', nodeId: 'cart', attempt: 2 });
  job.succeed('cart');
  job.succeed('report');
  const trigger = TriggerDriver.of();
  trigger.fire('q1');
  trigger.send({ type: 'pause', reason: 'holidays' });
  const letters = new LetterDriver();
  letters.park('a', 1, NOON);
  letters.send({ type: 'assign', to: 'eve', by: 'ana' }, NOON + 7);
  const target = new TargetDriver();
  target.notify('e1');
  target.succeed();
  const journal = createFileJournalStore(layout);
  const streams = {
    'job/j': job.events,
    'trigger/t': trigger.events,
    [`letter/${GROUP}`]: letters.events,
    'target/team': target.events,
    'config/main': [{ event: { type: 'config.changed', data: {} }, at: NOON }],
    'dependency/payments': [
      {
        event: { type: 'dependency.forced', data: { status: 'open', by: 'ana', reason: 'it lies' } },
        at: NOON,
      },
    ],
  };
  for (const [stream, events] of Object.entries(streams))
    await journal.append(stream, EMPTY_HEAD, recordedAt(stream, events));
  await createAudit({ journal, clock: () => NOON, actor, run: 'r1' }).note([
    {
      type: 'cleanup.started',
      data: { run: 'r1', by: 'ana', dryRun: false, retention: { jobDays: 30, keepJobs: 0 } },
    },
  ]);
  await journal.close();
  return dir;
}

/** What the journal of a pool has once a worker has joined it. */
function poolEvents(stream: string) {
  const worker = { workerId: 'w1', labels: [], slots: 2 };
  const joined = { type: 'workerRegistered', worker, at: NOON, random: 0 };
  const events = poolDecider.decide(poolDecider.initial(), joined as never);
  return recordedAt(
    stream,
    events.map((event) => ({ event, at: NOON })),
  );
}

describe('reprise journal', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await directory();
  });
  afterEach(() => {
    process.exitCode = 0;
  });

  async function journal(...args: readonly string[]): Promise<string> {
    const program = new Command().exitOverride();
    registerJournal(program);
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await program.parseAsync(['node', 'reprise', 'journal', ...args, '--journal', dir]);
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      write.mockRestore();
    }
  }
  const json = async (...args: readonly string[]) => JSON.parse(await journal(...args, '--json'));

  const STREAMS: readonly [name: string, stream: string, first: string, last: string][] = [
    ['j', 'job/j', 'job.submitted', 'job.completed'],
    ['job/j', 'job/j', 'job.submitted', 'job.completed'],
    ['trigger/nightly', 'trigger/t', 'trigger.set', 'trigger.paused'],
    ['trigger/t', 'trigger/t', 'trigger.set', 'trigger.paused'],
    [`letter/${GROUP}`, `letter/${GROUP}`, 'letter.parked', 'letter.assigned'],
    ['dependency/payments', 'dependency/payments', 'dependency.forced', 'dependency.forced'],
    ['target/team', 'target/team', 'notice.accepted', 'delivery.succeeded'],
    ['config/main', 'config/main', 'config.changed', 'config.changed'],
    ['cleanup/2026-06', 'cleanup/2026-06', 'cleanup.started', 'cleanup.started'],
  ];

  it('reads every kind of stream that has files, of which none is left out here', () => {
    const kinds = new Set(STREAMS.map(([, stream]) => stream.split('/')[0]));
    expect(Object.keys(layoutOf(dir).places).filter((kind) => kind !== 'audit' && !kinds.has(kind))).toEqual(
      [],
    );
  });

  it.each(STREAMS)('verifies and shows %s', async (name, stream, first, last) => {
    const shown = await json('show', name);
    expect(shown.stream).toBe(stream);
    expect([shown.events[0].type, shown.events.at(-1).type]).toEqual([first, last]);
    expect(await json('verify', name)).toEqual({ valid: true, events: shown.events.length });
    const text = (await journal('show', name)).trimEnd().split('\n');
    expect(text).toHaveLength(shown.events.length);
    expect(text[0]).toMatch(
      new RegExp(`^ +1  \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z  ${first}`),
    );
  });

  it.each(STREAMS)(
    'exports %s as lines and as a table, and verifies it offline by the key',
    async (name, stream) => {
      for (const format of ['jsonl', 'csv']) {
        const file = join(temporaryDir(), `export.${format}`);
        await journal('export', name, '--format', format, '--out', file);
        expect(await journal('export', name, '--format', format)).toHaveLength(
          readFileSync(file, 'utf8').length,
        );
        const { signedBy, ...verdict } = await json('verify', '--file', file);
        expect(verdict).toEqual(await json('verify', name));
        expect(await json('verify', '--file', file, '--key', signedBy)).toMatchObject({ valid: true });
        expect(await json('show', '--file', file)).toEqual(await json('show', name));
        expect((await json('show', '--file', file)).stream).toBe(stream);
        writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, -2).join('\n'));
        expect(await json('verify', '--file', file)).toMatchObject({ valid: false });
      }
    },
  );

  it('replays a job to an event, and to a time: as it was then, and not as it is', async () => {
    const { events } = await json('show', 'j');
    const failed = events.find(({ type }: Recorded) => type === 'attempt.failed');
    const at = new Date(failed.at).toISOString();
    const then = await json('replay', 'j', '--at', String(failed.seq + 1));
    expect(then).toMatchObject({
      ...{ job_id: 'j', status: 'running', checkpoint: failed.seq + 1, at, events: events.length },
      nodes: { cart: { status: 'backoff', attempts: 1 }, report: { status: 'waiting', attempts: 0 } },
    });
    expect(await json('replay', 'j', '--at', at)).toEqual(then);
    const now = await json('replay', 'j');
    expect(now).toMatchObject({ status: 'succeeded', checkpoint: events.length });
    expect(now.nodes.cart).toMatchObject({ status: 'succeeded', attempts: 2 });
    const text = await journal('replay', 'j', '--at', at);
    expect(text).toContain(`shop running  job j, event ${failed.seq + 1} of ${events.length}, ${at}`);
    expect(text).toMatch(/^ {2}cart +backoff +1 attempt$/m);
  });

  it('replays streams of other kinds as their fold', async () => {
    expect(await json('replay', 'trigger/nightly', '--at', '1')).toMatchObject({
      ...{ stream: 'trigger/t', checkpoint: 1, fold: expect.stringMatching(/^trigger\/\d+$/) },
      state: { status: 'active', running: [], owner: 'ana' },
    });
    expect(await json('replay', 'trigger/nightly')).toMatchObject({ state: { status: 'paused' } });
    expect(await json('replay', `letter/${GROUP}`)).toMatchObject({
      fold: expect.stringMatching(/^letter\//),
    });
    expect(await json('replay', 'dependency/payments')).toMatchObject({
      state: { forced: expect.anything() },
    });
    expect(JSON.parse(await journal('replay', 'dependency/payments')).stream).toBe('dependency/payments');
  });

  it('says what changed in a job between two points', async () => {
    const { events } = await json('show', 'j');
    const failed = events.find(({ type }: Recorded) => type === 'attempt.failed');
    const changed = await json('diff', 'j', '--from', String(failed.seq + 1));
    expect(changed).toMatchObject({
      ...{ stream: 'job/j', from: { seq: failed.seq + 1 }, to: { seq: events.length } },
      events: { 'node.completed': 2, 'job.completed': 1 },
      job: { status: { from: 'running', to: 'succeeded' } },
      counts: { backoff: { from: 1 }, waiting: { from: 1 }, succeeded: { to: 2 } },
      nodes: {
        cart: { status: { from: 'backoff', to: 'succeeded' }, attempts: { from: 1, to: 2 } },
        report: { status: { from: 'waiting', to: 'succeeded' }, attempts: { from: 0, to: 1 } },
      },
    });
    const text = await journal('diff', 'j', '--from', String(failed.seq + 1));
    expect(text).toContain('status running → succeeded');
    expect(text).toMatch(/^ {2}cart +status backoff → succeeded, attempts 1 → 2/m);
    expect(await journal('diff', 'j', '--from', '3', '--to', '3')).toContain('nothing changed');
  });

  it('says what changed in a stream of another kind by places in its fold', async () => {
    const { changes } = await json('diff', 'trigger/nightly', '--from', '1');
    expect(changes).toContainEqual({ path: ['status'], from: 'active', to: 'paused' });
    expect(await journal('diff', 'trigger/nightly', '--from', '1')).toContain('  status  active → paused');
  });

  it('replays an export of a pool, whose journal no directory has', async () => {
    const stream = 'pool/default';
    const file = join(temporaryDir(), 'pool.jsonl');
    async function* all() {
      yield* poolEvents(stream);
    }
    const { privateKey: key } = generateKeyPairSync('ed25519');
    let text = '';
    for await (const line of exportOf(stream, all(), { format: 'jsonl', key, at: NOON })) text += line;
    writeFileSync(file, text);
    expect(await json('replay', '--file', file)).toMatchObject({
      ...{ stream, fold: expect.stringMatching(/^pool\//), checkpoint: 1 },
      state: { workers: [{ workerId: 'w1', slots: 2 }] },
    });
  });

  it('reads, verifies and replays what a deployed engine gives out, page by page', async () => {
    const { events } = await json('show', 'trigger/nightly');
    const asked: string[] = [];
    const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      asked.push(String(url));
      const from = Number(new URL(String(url)).searchParams.get('from'));
      const next = from < events.length ? { next_from: from + 1 } : {};
      return new Response(JSON.stringify({ name: 'nightly', events: events.slice(from - 1, from), ...next }));
    });
    const api = ['--api', 'http://engine.test', '--token', 't'];
    try {
      expect(await json('show', 'trigger/nightly', ...api)).toEqual({ stream: 'trigger/t', events });
      expect(asked).toContain('http://engine.test/triggers/nightly/events?from=2&limit=1000');
      expect(await json('verify', 'trigger/nightly', ...api)).toEqual({ valid: true, events: events.length });
      expect(await json('replay', 'trigger/nightly', ...api)).toEqual(
        await json('replay', 'trigger/nightly'),
      );
      events[1] = { ...events[1], at: events[1].at + 1 };
      expect(await json('verify', 'trigger/nightly', ...api)).toMatchObject({ valid: false, at: 2 });
    } finally {
      fetched.mockRestore();
    }
  });

  it('reads and verifies the journal of a pool of a deployed engine', async () => {
    const stream = 'pool/default';
    const events = poolEvents(stream);
    const fetched = jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response(JSON.stringify({ stream, events })));
    try {
      const api = ['--api', 'http://engine.test', '--token', 't'];
      expect(await json('show', stream, ...api)).toEqual({ stream, events });
      expect(await json('verify', stream, ...api)).toEqual({ valid: true, events: events.length });
      expect(fetched.mock.calls[0]?.[0]).toBe(
        'http://engine.test/streams/pool/default/events?from=1&limit=1000',
      );
    } finally {
      fetched.mockRestore();
    }
  });

  it.each<[string, string[], string]>([
    ['nothing', ['show'], 'INPUT_INVALID'],
    ['two things', ['show', 'j', '--file', 'x'], 'INPUT_INVALID'],
    ['a kind that is none', ['show', 'graph/x'], 'INPUT_INVALID'],
    ['a path', ['show', 'job/../j'], 'INPUT_INVALID'],
    ['a pool of this machine', ['show', 'pool/default'], 'INPUT_INVALID'],
    ['a job that is not there', ['show', 'nothing'], 'JOB_NOT_FOUND'],
    ['a trigger that is not there', ['verify', 'trigger/nothing'], 'TRIGGER_NOT_FOUND'],
    ['letters that are not there', ['export', 'letter/nothing'], 'LETTER_NOT_FOUND'],
    ['an event past the end', ['replay', 'j', '--at', '999'], 'INPUT_INVALID'],
    ['a time before the first event', ['replay', 'j', '--at', '1969-01-01T00:00:00Z'], 'INPUT_INVALID'],
    ['a time without a zone', ['replay', 'j', '--at', '2026-01-01T00:00:00'], 'INPUT_INVALID'],
    ['points the wrong way round', ['diff', 'j', '--from', '4', '--to', '2'], 'INPUT_INVALID'],
    ['the state of what cleanups removed', ['replay', 'cleanup/2026-06'], 'INPUT_INVALID'],
  ])('refuses %s', async (_, args, code) => {
    await expect(journal(...args)).rejects.toMatchObject({ code });
  });

  it('does not replay, compare or export what does not verify, and names the place', async () => {
    const path = join(dir, 'dependencies/payments/journal.jsonl');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace('it lies', 'it does'));
    for (const args of [['replay'], ['export'], ['diff', '--from', '1']])
      await expect(journal(...args, 'dependency/payments')).rejects.toMatchObject({
        code: 'JOURNAL_CORRUPT',
        context: { seq: 1 },
      });
    writeFileSync(path, whole);
  });
});
