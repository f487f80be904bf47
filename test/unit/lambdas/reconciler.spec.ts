import { reconcileTurn, TURN_MS } from '../../../lambdas/reconciler/turn';
import type { Progress } from '../../../lib/adapters/aws/table/open-streams';
import type { Subject } from '../../../lib/core/engine/reconciler';

const NOW = 1_000 * TURN_MS;
const MINUTE = 60_000;
const stream = (name: string, quietMs: number, isOver = false): Progress => ({
  ...{ stream: name, seq: 1, confirmed: 1, at: NOW - quietMs, isOver },
});

function world(pages: readonly (readonly Progress[])[], rest: { time?: number; after?: string } = {}) {
  let { time = 99, after } = rest;
  const asked: Subject[] = [];
  const begun: (string | undefined)[] = [];
  const suspects = jest.fn(async (): Promise<readonly Subject[]> => [{ kind: 'job', id: 'suspect' }]);
  const live: ReadonlySet<string>[] = [];
  const deps = {
    streams: {
      async *pages(from?: string) {
        begun.push(from);
        yield* pages;
      },
    },
    place: {
      get: async () => after,
      put: async (next: string | undefined) => {
        after = next;
      },
    },
    reconciler: {
      suspects,
      async reconcile(subjects: readonly Subject[]) {
        asked.push(...subjects);
        return [];
      },
    },
    executions: {
      async *running(_turn: number, jobs: ReadonlySet<string>) {
        live.push(jobs);
        yield [{ id: 'arn', jobId: 'stray', startedAt: 0 }];
      },
    },
    ...{ pools: ['default', 'gpu'], quietMs: 3 * MINUTE },
    hasTime: () => time-- > 0,
  };
  const ids = (from = 0) =>
    asked.slice(from).map((subject) => (subject.kind === 'execution' ? subject.execution.id : subject.id));
  const turn = (now = NOW) => reconcileTurn(deps, now);
  return { asked, ids, begun, live, suspects, turn, place: () => after };
}

describe('a turn of the reconciler', () => {
  it('looks at what is not over and quiet, at pools, and at executions of no open job', async () => {
    const { asked, live, suspects, turn } = world([
      [stream('job/quiet', 4 * MINUTE), stream('job/over', 9 * MINUTE, true)],
      [stream('trigger/t', 4 * MINUTE), stream('dependency/pay', 4 * MINUTE), stream('letter/x', 9 * MINUTE)],
    ]);
    expect(await turn()).toEqual({ repairs: [], compared: 6, isComplete: true });
    expect(asked.map((subject) => subject.kind)).toEqual([
      ...['job', 'trigger', 'dependency', 'job', 'job', 'execution'],
    ]);
    expect(suspects.mock.calls).toEqual([
      ['default', live[0]],
      ['gpu', live[0]],
    ]);
    expect(live[0]?.has('quiet')).toBe(true);
    expect(live[0]?.has('over')).toBe(false);
  });

  it('looks at a stream that has events all the time once in six turns, and then asks all there is to ask', async () => {
    const { asked, turn } = world([[stream('job/busy', 0)]]);
    for (let i = 0; i < 12; i++) await turn(NOW + i * TURN_MS);
    const busy = asked.filter((subject) => subject.kind === 'job' && subject.id === 'busy');
    const thorough = busy.filter((subject) => subject.kind === 'job' && subject.thorough);
    expect(thorough).toHaveLength(2);
  });

  it('goes on where the last one had no time any more, and begins anew behind the end', async () => {
    const pages = [[stream('job/a', 9 * MINUTE)], [stream('job/b', 9 * MINUTE)]];
    const { ids, begun, suspects, turn, place } = world(pages, { time: 0 });
    expect(await turn()).toMatchObject({ isComplete: false });
    expect([ids(), place()]).toEqual([['a'], 'job/a']);
    expect(suspects).not.toHaveBeenCalled();

    const next = world([[stream('job/b', 9 * MINUTE)]], { after: 'job/a' });
    expect(await next.turn()).toMatchObject({ isComplete: true });
    expect([begun, next.begun, next.place()]).toEqual([[undefined], ['job/a'], undefined]);
  });
});
