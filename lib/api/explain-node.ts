import { RepriseError } from '../core/errors';
import { nodeById } from '../core/job/nodes';
import { jobAt, streamOf } from '../core/messages/address';
import type { JournalStore } from '../core/ports/stores';
import type { StreamReader } from '../core/ports/streams';
import { createExplanation } from '../core/projections/explanation';
import { accessibleFold } from './access';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { explanationBody } from './views/explanation';

export interface ExplainNodeDeps extends StreamReader {
  readonly journal: Pick<JournalStore, 'read'>;
}

/** Why a node was tried when and where it was, and why not again: from the journal of its job alone. */
export function explainNode({ view, journal }: ExplainNodeDeps): Served {
  return serve(ROUTES.explainNode, async ({ caller, params: { jobId, nodeId } }) => {
    const { index, state } = await accessibleFold(caller, jobId, { view });
    if (!nodeById(index, state, nodeId)) throw nodeNotFound(jobId, nodeId);
    const explanation = createExplanation(nodeId);
    for await (const event of journal.read(streamOf(jobAt(jobId)))) explanation.apply(event);
    return { status: 200, body: explanationBody(jobId, nodeId, explanation.result()) };
  });
}

export function nodeNotFound(jobId: string, nodeId: string): RepriseError {
  const context = { jobId, nodeId };
  return new RepriseError('NODE_NOT_FOUND', `job ${jobId} has no node ${nodeId}: check the id`, { context });
}
