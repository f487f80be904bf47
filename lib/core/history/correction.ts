import { LIMITS } from '../limits';
import type { Diagnosis } from '../model/failure';
import type { RetryEvidence } from './evidence';

/** A diagnosis, or what a person has said of its signature. What people say is certain. */
export function withCorrection(
  diagnosis: Diagnosis,
  evidence: Pick<RetryEvidence, 'correction'> | undefined,
): Diagnosis {
  const correction = evidence?.correction;
  if (!correction) return diagnosis;
  const why = `${correction.by} corrected this signature: ${correction.reason}`.slice(0, LIMITS.reasonLength);
  return {
    class: correction.class,
    confidence: 1,
    signature: diagnosis.signature,
    by: 'person',
    why,
  };
}
