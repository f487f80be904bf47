import { importCircleci } from '../../../../lib/importers/circleci/import';
import type { ImportedGraph } from '../../../../lib/importers/imported';
import { compiled } from '../support';

export interface How {
  readonly set?: Record<string, string>;
  readonly workflow?: string;
}

export function imported(config: string | object, { set = {}, workflow }: How = {}): ImportedGraph {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return importCircleci(
    { text, source: 'config.yml' },
    { name: 'given', given: new Map(Object.entries(set)), workflow },
  );
}

/** The nodes by id, compiled, so that the graph is known to be a good one. */
export function nodesOf(config: string | object, how?: How) {
  const graph = compiled(imported(config, how));
  return Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
}

export function runOf(config: string | object, id: string, how?: How): string {
  const work = nodesOf(config, how)[id]?.work;
  if (work?.kind !== 'command') throw new Error(`no command: ${id}`);
  return work.run;
}

/** A job that runs `true`. */
export const job = (more: object = {}) => ({ docker: [{ image: 'x' }], steps: [{ run: 'true' }], ...more });

/** Jobs of one workflow. */
export const config = (jobs: Record<string, object>, listed: readonly unknown[], rest: object = {}) => ({
  version: 2.1,
  ...rest,
  jobs,
  workflows: { main: { jobs: listed } },
});
