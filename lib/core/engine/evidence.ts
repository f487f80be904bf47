import { type FlagName, isOn } from '../configuration/flags';
import type { Configuration } from '../configuration/keys';
import { asByDefault } from '../configuration/layers';
import type { GraphIndex } from '../dag/graph-index';
import { withCorrection } from '../history/correction';
import type { RetryEvidence } from '../history/evidence';
import type { JobInput } from '../job/input';
import { nodeById } from '../job/nodes';
import type { JobState } from '../job/state';
import type { Diagnosis, Failure } from '../model/failure';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { retryAfterOf } from '../retry/retry-after';

type Failed = Extract<JobInput, { type: 'attemptFailed' }>;

/** A failed attempt, for whoever knows something of its like. */
export interface FailedAttempt {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
  readonly input: Failed;
  readonly diagnosis?: Diagnosis;
}

/** What decisions on failed attempts are given beside the state of their job. What is absent, they do without. */
export interface AssessmentDeps {
  /** Why an attempt failed. Its answer is journalled: a replay asks nobody. */
  readonly diagnose?: (failure: Failure) => Diagnosis;
  /** What earlier jobs measured; undefined where that cannot be had now. Never fails. */
  readonly evidenceOf?: (failed: FailedAttempt) => Promise<ReadOnly<RetryEvidence> | undefined>;
  /** How it is configured, asked each time: it may change meanwhile. As by default where it is absent. */
  readonly configuration?: () => Configuration;
}

/** What of this decisions are given, and nothing else. */
export const assessmentOf = ({ diagnose, evidenceOf, configuration }: AssessmentDeps): AssessmentDeps =>
  present({ diagnose, evidenceOf, configuration });

/** Adds to the report of a failed attempt what is known of it. An attempt that is over by then is of no interest. */
export async function assessed(
  { diagnose, evidenceOf, configuration = asByDefault }: AssessmentDeps,
  { jobId, index }: Pick<FailedAttempt, 'jobId' | 'index'>,
  state: ReadOnly<JobState>,
  input: JobInput,
): Promise<JobInput> {
  if (input.type !== 'attemptFailed' || input.failure.kind === 'cancelled') return input;
  if (nodeById(index, state, input.nodeId)?.node.attempt !== input.attempt) return input;
  const guess = input.diagnosis ?? diagnose?.(input.failure);
  const evidence = await evidenceOf?.({ jobId, index, state, input, ...present({ diagnosis: guess }) });
  const diagnosis = guess && withCorrection(guess, evidence);
  const config = configuration();
  const subject = { owner: state.submitted?.owner ?? '', graph: index.graph.name };
  const isSwitchedOn = (flag: FlagName) => isOn(flag, config[`features.${flag}`], subject);
  const keepsWait = isSwitchedOn('retry-after-in-messages');
  const failure = keepsWait ? withRetryAfter(input.failure, diagnosis) : input.failure;
  const share = config['retries.explore'];
  const explore = share > 0 && isSwitchedOn('learned-retries') ? share : undefined;
  return { ...input, failure, ...present({ diagnosis, evidence, explore }) };
}

/** A service that is asked too often, or is not well, says in words when to come back. */
function withRetryAfter(failure: Failure, diagnosis: Diagnosis | undefined): Failure {
  if (failure.retryAfterMs !== undefined) return failure;
  if (diagnosis?.class !== 'rate-limit' && diagnosis?.class !== 'dependency') return failure;
  return { ...failure, ...present({ retryAfterMs: retryAfterOf(failure.message) }) };
}
