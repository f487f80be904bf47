import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { askerOf } from '../../../../lib/core/engine/asker';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { traced } from '../../../../lib/core/engine/tracing';
import { jobAt, poolAt } from '../../../../lib/core/messages/address';
import type { Effect } from '../../../../lib/core/messages/effect';
import type { TracePlace } from '../../../../lib/core/ports/traces';
import { graph, node } from '../../../support/job-driver';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const everyone = () => true;

/** A job that was submitted, queued, admitted and cancelled, and what its pool was told. */
async function world() {
  const journal = createMemoryJournalStore();
  const graphs = { get: async () => graph([node('a')]) };
  const kinds = createKinds({ journal, graphs, random: () => 0, conditions: memoryConditions });
  const waiting: Effect[] = [];
  let now = 0;
  const engine = createEngine(
    {
      journal,
      ...{ clock: () => ++now, random: () => 0 },
      perform: async (effects) => void waiting.push(...effects),
    },
    kinds,
  );
  const { ask } = askerOf(engine);
  const user = { kind: 'user', id: 'ana' } as const;
  /** What was sent arrives. */
  async function settle() {
    for (let effect = waiting.shift(); effect; effect = waiting.shift()) {
      if (effect.kind !== 'send') continue;
      const from = { id: effect.id, actor: { kind: 'engine', id: effect.cause.stream } } as const;
      await ask(effect, from);
    }
  }
  const submission = { graphHash: 'h', owner: 'ana', priority: 'normal', pool: 'p' } as const;
  const origin = { id: 'submit/r1', actor: user, traceId: TRACE, correlationId: 'call-1' };
  await ask({ to: jobAt('j'), message: { type: 'submit', ...submission } }, origin);
  await settle();
  await ask(
    { to: jobAt('j'), message: { type: 'cancel', reason: 'wrong branch' } },
    { id: 'cancel/r2', actor: user, correlationId: 'call-2' },
  );
  await settle();
  const cordon = { type: 'workerCordoned', workerId: 'w', reason: 'hot' } as const;
  await ask({ to: poolAt('p'), message: cordon }, { id: 'cordon/r3', actor: user, correlationId: 'call-3' });

  const places = async (id: string): Promise<TracePlace[]> => {
    const found: TracePlace[] = [];
    for (const stream of ['job/j', 'pool/p']) {
      for await (const { seq, traceId, correlationId } of journal.read(stream)) {
        const isIt = correlationId === id || (stream === 'job/j' && traceId === id);
        if (!isIt) continue;
        found.push({ stream, seq });
        break;
      }
    }
    return found;
  };
  return { journal, kinds, index: { places } };
}

describe('what carries an id', () => {
  it('is the whole job, with what it had others told, by its own id and by that of its trace', async () => {
    const deps = await world();
    const { lines, jobs } = await traced(deps, 'j', everyone);
    expect(await traced(deps, TRACE, everyone)).toEqual({ lines, jobs });
    expect([...jobs]).toEqual([['j', TRACE]]);
    const said = lines.map(({ kind, type, to }) => [kind, type, ...(to === undefined ? [] : [to])].join(' '));
    expect(said).toEqual(
      expect.arrayContaining([
        'event job.submitted',
        'message jobQueued pool/p',
        'event job.admitted',
        'workflow startWorkflow',
        'notification orchestration.execution.started',
        'event job.cancelRequested',
        'notification orchestration.execution.cancelled',
        'message jobOver pool/p',
      ]),
    );
    const times = lines.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('says why each of it happened: by the id of the call, or of what was sent', async () => {
    const { lines } = await traced(await world(), 'j', everyone);
    const of = (type: string) => lines.find((line) => line.type === type);
    expect(of('job.submitted')).toMatchObject({ cause: 'submit/r1', correlationId: 'call-1' });
    expect(of('job.admitted')?.cause).toMatch(/^pool\/p\/\d+/);
    expect(of('job.admitted')).not.toHaveProperty('correlationId');
    expect(of('jobQueued')).toMatchObject({ stream: 'job/j', seq: 1, cause: 'job/j/1' });
  });

  it('is what a call caused, and what followed from that, and nothing from before it', async () => {
    const { lines } = await traced(await world(), 'call-2', everyone);
    const types = lines.map(({ type }) => type);
    expect(types[0]).toBe('job.cancelRequested');
    expect(types).not.toContain('job.submitted');
    expect(types).not.toContain('job.admitted');
    expect(lines.every(({ stream }) => stream === 'job/j')).toBe(true);
  });

  it('is an event of a pool, where a call caused one', async () => {
    const { lines, jobs } = await traced(await world(), 'call-3', everyone);
    expect(lines).toEqual([expect.objectContaining({ stream: 'pool/p', type: 'worker.cordoned' })]);
    expect(jobs.size).toBe(0);
  });

  it('is nothing of what the caller may not see', async () => {
    const deps = await world();
    const asked: (string | undefined)[] = [];
    for (const id of ['j', TRACE, 'call-2', 'call-3']) {
      const found = await traced(deps, id, (held) => {
        asked.push(held?.owner);
        return false;
      });
      expect(found.lines).toEqual([]);
      expect(found.jobs.size).toBe(0);
    }
    expect(new Set(asked)).toEqual(new Set(['ana', undefined]));
  });

  it('is nothing where nobody used it', async () => {
    for (const id of ['nobody', 'a"b', 'x'.repeat(200)]) {
      expect((await traced(await world(), id, everyone)).lines).toEqual([]);
    }
  });
});
