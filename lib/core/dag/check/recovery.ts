import { DEFAULT_RECOVERY, type RecoveryPolicy } from '../../model/recovery';
import type { Finding } from './problems';
import type { DocumentRecovery, GraphDocument } from './schema';

/** A node's own fields in place of those of the defaults; undefined where neither says anything. */
export function recoveryOf(
  defaults: DocumentRecovery | undefined,
  own: DocumentRecovery | undefined,
): RecoveryPolicy | undefined {
  if (!defaults && !own) return undefined;
  const { restartWithin, ...given } = { ...defaults, ...own };
  return {
    ...DEFAULT_RECOVERY,
    ...given,
    ...(restartWithin === undefined ? {} : { restartWithinMs: restartWithin }),
  };
}

/** Fields that mean nothing beside the others, once the defaults are merged in. */
export function* recoveryFindings({ defaults, nodes }: GraphDocument): Generator<Finding> {
  if (defaults?.recovery) yield* idle(defaults.recovery, defaults.recovery, ['defaults', 'recovery']);
  for (const [i, { recovery }] of nodes.entries()) {
    if (recovery) yield* idle({ ...defaults?.recovery, ...recovery }, recovery, ['nodes', i, 'recovery']);
  }
}

function* idle(merged: DocumentRecovery, own: DocumentRecovery, path: Finding['path']): Generator<Finding> {
  const { lost = DEFAULT_RECOVERY.lost } = merged;
  const finding = (key: string, message: string): Finding => {
    return { code: 'GRAPH_INVALID', path: [...path, key], message };
  };
  if (own.restartWithin !== undefined && lost !== 'restart')
    yield finding('restartWithin', `\`restartWithin\` goes with lost: restart, not with ${lost}`);
  if (own.losses !== undefined && lost === 'park')
    yield finding('losses', '`losses` goes with lost: reassign or restart: park gives up after the first');
}
