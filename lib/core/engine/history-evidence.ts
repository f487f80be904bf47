import { nodeHash } from '../history/durations';
import type { RetryEvidence } from '../history/evidence';
import { flakeRate } from '../history/flakes';
import { testKey } from '../history/test-key';
import { nodeById } from '../job/nodes';
import { present } from '../model/present';
import type { HistoryStore } from '../ports/history';
import type { Log } from '../ports/log';
import type { AssessmentDeps, FailedAttempt } from './evidence';

export interface HistoryEvidenceDeps {
  readonly history: Pick<HistoryStore, 'correctionOf' | 'ofNode' | 'ofSignature' | 'quarantines'>;
  readonly log?: Pick<Log, 'warn'>;
}

/**
 * What the history says of a failed attempt. One that cannot be read decides nothing: the attempt is then judged without
 * it.
 */
export function evidenceFrom({
  history,
  log,
}: HistoryEvidenceDeps): NonNullable<AssessmentDeps['evidenceOf']> {
  return async (failed) => {
    try {
      return await recalled(history, failed);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log?.warn('the history cannot be read: a failed attempt is judged without it', { why });
      return undefined;
    }
  };
}

async function recalled(
  history: HistoryEvidenceDeps['history'],
  { index, state, input, diagnosis }: FailedAttempt,
): Promise<RetryEvidence | undefined> {
  const spec = nodeById(index, state, input.nodeId)?.spec;
  if (!spec) return undefined;
  const owner = state.submitted?.owner ?? '';
  const node = nodeHash(spec);
  const signature = diagnosis?.signature;
  const [attempts, quarantines, ofSignature, correction] = await Promise.all([
    history.ofNode(owner, node),
    history.quarantines(owner),
    signature === undefined ? [] : history.ofSignature(signature),
    signature === undefined ? undefined : history.correctionOf(signature, owner),
  ]);
  const concerned = new Set([node, ...(input.tests?.failed ?? []).map(testKey)]);
  return {
    ofSignature,
    flake: flakeRate(attempts),
    quarantines: quarantines.filter(({ id }) => concerned.has(id)),
    ...present({ correction }),
  };
}
