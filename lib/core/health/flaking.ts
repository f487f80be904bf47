import { type DriftTest, driftOf } from '../history/drift';
import { flakeTrials, type Observation, testObservations } from '../history/flakes';
import type { HistoryUpdate } from '../history/samples';
import { type AttemptSample, sampleKey } from '../history/samples';
import type { HistoryStore } from '../ports/history';
import { failedNodes } from '../projections/flake-report';

/** One pass in thirty may come after a flake; one in four is looked for. Tuned on seeds of their own: docs/health.md. */
const FLAKING: DriftTest = { usual: 0.03, raised: 0.25, alarm: 4 };

/** A node or a test that flakes more than it used to. */
export interface Flaking {
  readonly of: 'node' | 'test';
  /** Of a node its hash, of a test its key. */
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

/**
 * What flakes more than it used to, of nodes and of the tests that failed in them.
 * @param windows the latest attempts of each node, in any order.
 */
export function flakingIn(windows: ReadonlyMap<string, readonly AttemptSample[]>): Flaking[] {
  const nodes = [...windows].map(([id, samples]) => ({
    ...{ of: 'node' as const, id, name: samples[0]?.nodeId ?? id, observations: samples },
  }));
  const tests = testObservations([...windows.values()].flat()).map(({ key, name, observations }) => ({
    ...{ of: 'test' as const, id: key, name, observations },
  }));
  return [...nodes, ...tests].flatMap(({ observations, ...which }) => {
    const why = flakingWhy(observations);
    return why === undefined ? [] : [{ ...which, why }];
  });
}

function flakingWhy(observations: readonly Observation[]): string | undefined {
  const trials = flakeTrials(observations);
  if (!driftOf(FLAKING, trials).raised) return undefined;
  const flakes = trials.filter((isFlake) => isFlake).length;
  return `${flakes} of its last ${trials.length} passes came after a failure of the same input, which is more than usual`;
}

/** What a job changes of what is said to flake. */
export interface FlakingChange {
  readonly rising: readonly Flaking[];
  readonly settled: readonly Flaking[];
}

/**
 * What changed with the samples of one job: known without keeping what was said before, as later samples are left out and those
 * of the job are taken away. So the same job, told again, says the same.
 * @param windows the latest attempts of nodes of the job, its own included.
 */
export function flakingChange(
  { attempts }: Pick<HistoryUpdate, 'attempts'>,
  windows: ReadonlyMap<string, readonly AttemptSample[]>,
): FlakingChange {
  const own = new Set(attempts.map(sampleKey));
  const last = attempts.map(sampleKey).sort().at(-1) ?? '';
  const only = (keeps: (key: string) => boolean) =>
    new Map([...windows].map(([node, samples]) => [node, samples.filter((s) => keeps(sampleKey(s)))]));
  const before = flakingIn(only((key) => key <= last && !own.has(key)));
  const after = flakingIn(only((key) => key <= last));
  const without = (all: readonly Flaking[], others: readonly Flaking[]) => {
    const known = new Set(others.map(({ of, id }) => `${of} ${id}`));
    return all.filter(({ of, id }) => !known.has(`${of} ${id}`));
  };
  return { rising: without(after, before), settled: without(before, after) };
}

type Read = Pick<HistoryStore, 'failures' | 'ofNode'>;

/** The latest attempts of the nodes of an owner that failed lately. @param among only of these, where given. */
export async function failedWindows(
  history: Read,
  owner: string,
  among?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly AttemptSample[]>> {
  const failures = await history.failures(owner);
  const nodes = failedNodes(among ? failures.filter(({ node }) => among.has(node)) : failures);
  const windows = await Promise.all(
    nodes.map(async (node) => [node, await history.ofNode(owner, node)] as const),
  );
  return new Map(windows);
}
