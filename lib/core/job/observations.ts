import type { GraphIndex } from '../dag/graph-index';
import type { Recorded } from '../journal/envelope';
import { dependencyAt } from '../messages/address';
import { OWN_DEPENDENCIES } from '../messages/dependency';
import { type Effect, effectsOf } from '../messages/effect';
import { attemptKey } from '../model/attempt';
import type { FailureClass } from '../model/failure';
import type { ReadOnly } from '../model/read-only';
import type { JobEvent } from './events';
import { nodeById } from './nodes';
import type { JobState } from './state';

/** Failures that say something of what an attempt depends on; others say neither that it is well nor that it is not. */
const BLAMED: ReadonlySet<FailureClass> = new Set(['dependency', 'network', 'rate-limit', 'timeout']);

type EndedType = 'attempt.succeeded' | 'attempt.failed' | 'attempt.lost';
type StepEndedType = 'rollback.stepSucceeded' | 'rollback.stepFailed' | 'rollback.stepLost';
type Ended = Recorded<Extract<JobEvent, { type: EndedType | StepEndedType }>>;

/**
 * What the end of an attempt says of the dependencies that its node names. Which of several is to blame nobody knows:
 * each of them hears of it. How long it took says nothing of them.
 */
export function observations(
  {
    jobId,
    index,
    state,
  }: { readonly jobId: string; readonly index: GraphIndex; readonly state: ReadOnly<JobState> },
  event: Ended,
): Effect[] {
  const ok = verdictOf(event);
  if (ok === undefined || event.type === 'attempt.lost' || event.type === 'rollback.stepLost') return [];
  const { nodeId, attempt, durationMs } = event.data;
  const names = nodeById(index, state, nodeId)?.spec.dependencies ?? [];
  const make = effectsOf(event);
  const message = {
    type: 'observed' as const,
    ...{ ok, by: attemptKey({ jobId, nodeId, attempt }) },
    startedAt: Math.max(0, event.at - durationMs),
  };
  return names
    .filter((name) => !OWN.has(name))
    .map((name) => make({ kind: 'send', to: dependencyAt(name), message }, `observed/${name}`));
}

/** Calls of the engine's own are observed where they are made. */
const OWN: ReadonlySet<string> = new Set(OWN_DEPENDENCIES);

function verdictOf(event: Ended): boolean | undefined {
  if (event.type === 'attempt.succeeded' || event.type === 'rollback.stepSucceeded') return true;
  const blamed = 'failure' in event.data && event.data.diagnosis;
  return blamed && BLAMED.has(blamed.class) ? false : undefined;
}
