import { type FailurePolicy, type Graph, type GraphNode, TRIGGER_RULES } from '../../core/dag/graph';
import { present } from '../../core/model/present';
import { LOSS_POLICIES, type RecoveryPolicy } from '../../core/model/recovery';
import { BACKOFF_STRATEGIES, JITTERS, type RetryPolicy } from '../../core/model/retry-policy';
import type { Random } from '../../core/model/time';
import { between, pick } from '../draw';
import { FAMILIES, FAMILY_NAMES } from './shapes';

/** Dependencies that nodes of the workload name. */
export const DEPENDENCIES = ['payments', 'search'] as const;
export const LABELS = ['linux', 'gpu'] as const;

const KEYS = [
  { key: 'suite-a', limit: 1 },
  { key: 'suite-b', limit: 2 },
] as const;

/** A graph of some family, with everything that a node can ask for somewhere in it. */
export function randomGraph(name: string, random: Random): Graph {
  const family = pick(FAMILY_NAMES, random());
  const size = 1 + Math.floor(9 * random() ** 1.5);
  const shape = FAMILIES[family](size, random);
  const isMixed = random() < 0.4;
  const isUndone = random() < 0.4;
  const nodes = shape.map((needs, i): GraphNode => {
    const trigger = isMixed && random() < 0.5 ? pick(TRIGGER_RULES, random()) : 'all_success';
    return {
      id: `n${i}`,
      work: { kind: 'command', run: `run n${i}` },
      needs: needs.map((need) => `n${need}`),
      trigger,
      ...demands(random),
      ...conditions(needs, random),
      ...present({
        compensate: isUndone && random() < 0.6 ? `undo n${i}` : undefined,
        recovery: random() < 0.3 ? recoveryPolicy(random) : undefined,
      }),
      timeoutMs: between(20, 240, random()) * 1_000,
      retry: retryPolicy(random),
    };
  });
  return { name, nodes, onFailure: failurePolicy(isUndone, random) };
}

function failurePolicy(isUndone: boolean, random: Random): FailurePolicy {
  if (isUndone && random() < 0.7) return 'rollback';
  return random() < 0.2 ? 'fail-fast' : 'continue';
}

function recoveryPolicy(random: Random): RecoveryPolicy {
  const [lost, losses] = [pick(LOSS_POLICIES, random()), between(1, 3, random())];
  return { lost, losses, restartWithinMs: between(10, 120, random()) * 1_000 };
}

/** What it takes of its worker, its pool and the world. */
function demands(
  random: Random,
): Pick<GraphNode, 'labels' | 'slots' | 'resources' | 'concurrency' | 'dependencies'> {
  const concurrency = random() < 0.2 ? pick(KEYS, random()) : undefined;
  return {
    labels: random() < 0.25 ? [pick(LABELS, random())] : [],
    slots: random() < 0.1 ? 2 : 1,
    ...present({
      resources: random() < 0.1 ? { licences: 1 } : undefined,
      concurrency,
      dependencies: random() < 0.15 ? [pick(DEPENDENCIES, random())] : undefined,
    }),
  };
}

function conditions(needs: readonly number[], random: Random): Pick<GraphNode, 'when' | 'forEach'> {
  const [first] = needs;
  const isAsked = random() < 0.15;
  const text =
    first !== undefined && random() < 0.5 ? `results.n${first}.outputs.flag = true` : String(random() < 0.7);
  const items = random() < 0.1 ? between(0, 3, random()) : undefined;
  return present({
    when: isAsked ? text : undefined,
    forEach: items === undefined ? undefined : JSON.stringify(Array.from({ length: items }, (_, i) => i)),
  });
}

function retryPolicy(random: Random): RetryPolicy {
  const strategy = pick(
    BACKOFF_STRATEGIES.filter((each) => each !== 'custom'),
    random(),
  );
  return {
    strategy,
    initialDelayMs: between(100, 3_000, random()),
    maxDelayMs: between(3_000, 30_000, random()),
    maxAttempts: between(1, 4, random()),
    jitter: pick(JITTERS, random()),
    ...(random() < 0.3 ? { on: 'any' as const } : {}),
    ...(random() < 0.3 ? { patienceMs: between(1, 5, random()) * 60_000 } : {}),
  };
}
