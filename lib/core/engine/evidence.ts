import type { GraphNode } from '../dag/graph';
import { withCorrection } from '../history/correction';
import { nodeHash } from '../history/durations';
import type { RetryEvidence } from '../history/evidence';
import { flakeRate } from '../history/flakes';
import { type FailedTests, testKey } from '../history/test-key';
import type { JobEvidence } from '../job/input';
import type { Diagnosis, Failure } from '../model/failure';
import { present } from '../model/present';
import type { HistoryStore } from '../ports/history';
import type { Log } from '../ports/log';

/** Where a decision on a failed attempt learns more than the attempt says. What is absent adds nothing. */
export interface EvidenceDeps {
  readonly diagnose?: (failure: Failure) => Diagnosis;
  readonly history?: Pick<HistoryStore, 'correctionOf' | 'ofNode' | 'ofSignature' | 'quarantines'>;
  readonly log?: Pick<Log, 'warn'>;
}

/** An attempt that failed, with what is known of it before the history is asked. */
export interface FailedAttempt extends Pick<JobEvidence, 'diagnosis' | 'tests'> {
  readonly owner: string;
  readonly spec: GraphNode;
  readonly failure: Failure;
}

/**
 * What is known of a failed attempt: its diagnosis, corrected where a person has said so, and what earlier jobs say. A
 * history that cannot be read decides nothing: the attempt is then judged without it.
 */
export async function evidenceOf(deps: EvidenceDeps, failed: FailedAttempt): Promise<JobEvidence> {
  const diagnosis = failed.diagnosis ?? deps.diagnose?.(failed.failure);
  if (!deps.history) return present({ diagnosis });
  try {
    const evidence = await recalled(deps.history, failed, diagnosis?.signature);
    return { evidence, ...present({ diagnosis: diagnosis && withCorrection(diagnosis, evidence) }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    deps.log?.warn('the history cannot be read: a failed attempt is judged without it', { why });
    return present({ diagnosis });
  }
}

async function recalled(
  history: NonNullable<EvidenceDeps['history']>,
  { owner, spec, tests }: FailedAttempt,
  signature: string | undefined,
): Promise<RetryEvidence> {
  const node = nodeHash(spec);
  const [attempts, quarantines, ofSignature, correction] = await Promise.all([
    history.ofNode(owner, node),
    history.quarantines(owner),
    signature === undefined ? [] : history.ofSignature(signature),
    signature === undefined ? undefined : history.correctionOf(signature, owner),
  ]);
  const concerned = new Set([node, ...keysOf(tests)]);
  return {
    ofSignature,
    flake: flakeRate(attempts),
    quarantines: quarantines.filter(({ id }) => concerned.has(id)),
    ...present({ correction }),
  };
}

const keysOf = (tests: FailedTests | undefined): string[] => (tests?.failed ?? []).map(testKey);
