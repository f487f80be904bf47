import type { PlannedNode } from '../../core/job/resume-plan';
import { present } from '../../core/model/present';
import type { NamedPlan } from '../resume-plan';
import type { Colors } from './style';

/** What `reprise resume --dry-run --json` prints. */
export function resumePlanJson({ jobId, graphHash, nodes, gone }: NamedPlan) {
  const runs = countOf(nodes);
  // Without a prototype, so that a node may be called `__proto__`.
  const byId: Record<string, object> = Object.create(null);
  for (const { nodeId, runs, why, of } of nodes) byId[nodeId] = { runs, why, ...present({ of }) };
  return { jobId, graphHash, runs, keeps: nodes.length - runs, nodes: byId, gone };
}

const WHYS: Readonly<Record<PlannedNode['why'], string>> = {
  kept: 'keeps its result',
  asked: 'asked for',
  new: 'is new',
  changed: 'does something else',
  input: 'is given something else: what it needs has run again since',
  undone: 'was undone by a rollback',
  unfinished: 'is not finished',
  failed: 'failed',
  cancelled: 'was cancelled',
  skipped: 'was skipped because of a failure',
  downstream: 'is downstream of',
};

/** One line for each node, and how many run. */
export function renderResumePlan({ nodes, gone }: NamedPlan, colors: Colors): string {
  const width = Math.max(0, ...nodes.map(({ nodeId }) => nodeId.length));
  const rows = nodes.map(({ nodeId, runs, why, of }) => {
    const what = runs ? colors.yellow('run ') : colors.dim('keep');
    return `${what}  ${nodeId.padEnd(width)}  ${[WHYS[why], of].filter(Boolean).join(' ')}\n`;
  });
  const left = gone.length === 0 ? '' : `; the graph has no more: ${gone.join(', ')}`;
  return `${rows.join('')}${countOf(nodes)} of ${nodes.length} nodes would run${left}\n`;
}

function countOf(nodes: readonly PlannedNode[]): number {
  return nodes.filter(({ runs }) => runs).length;
}
