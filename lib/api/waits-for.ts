import { jobNodes } from '../core/job/nodes';
import { poolAt } from '../core/messages/address';
import type { JobFold, StreamReader } from '../core/ports/streams';
import { probesOut, waitsFor } from '../core/scheduler/dependencies';

/** The dependency that keeps a node from being handed out, where one does. */
export type HeldBy = (node: { readonly dependencies?: readonly string[] }) => string | undefined;

const NOBODY: HeldBy = () => undefined;

/** What the pool of a job waits for: it is asked only where a node that is ready names a dependency. */
export async function heldBy({ view }: StreamReader, { index, state }: JobFold): Promise<HeldBy> {
  const pool = state.submitted?.pool;
  const asks = jobNodes(index, state).some(({ node, spec }) => node.phase === 'ready' && spec.dependencies);
  if (!asks || pool === undefined) return NOBODY;
  const { dependencies, leases } = (await view(poolAt(pool))).state;
  const out = probesOut(dependencies, leases);
  return (node) => waitsFor(dependencies, node, out);
}
