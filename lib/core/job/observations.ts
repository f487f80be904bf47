import type { GraphIndex } from '../dag/graph-index';
import type { Recorded } from '../journal/envelope';
import { dependencyAt } from '../messages/address';
import { OWN_DEPENDENCIES } from '../messages/dependency';
import { type Effect, effectsOf } from '../messages/effect';
import { attemptKey } from '../model/attempt';
import { OUTSIDE } from '../model/failure';
import type { ReadOnly } from '../model/read-only';
import type { JobEvent } from './events';
import { nodeById } from './nodes';
import type { JobState } from './state';

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
  return blamed && OUTSIDE.has(blamed.class) ? false : undefined;
}
