import { type GitlabOptions, importGitlab } from '../../../../lib/importers/gitlab/import';
import type { RepositoryFiles } from '../../../../lib/importers/gitlab/include';
import type { ImportedGraph } from '../../../../lib/importers/imported';
import { compiled } from '../support';

interface How {
  readonly set?: Record<string, string>;
  readonly unset?: readonly string[];
  /** Files of the repository. */
  readonly files?: Record<string, string>;
}

export function imported(text: string, { set = {}, unset = [], files }: How = {}): ImportedGraph {
  const given = { set: new Map(Object.entries(set)), unset: new Set(unset) };
  const options: GitlabOptions = { name: 'given', given, ...(files ? { files: inMemory(files) } : {}) };
  return importGitlab({ text, source: '.gitlab-ci.yml' }, options);
}

function inMemory(files: Record<string, string>): RepositoryFiles {
  return {
    read: (path) => files[path]!,
    find: (pattern) => {
      const fits = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
      return Object.keys(files).filter((path) => fits.test(path));
    },
  };
}

/** The nodes by id, compiled, so that the graph is known to be a good one. */
export function nodesOf(text: string, how?: How) {
  const graph = compiled(imported(text, how));
  return Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
}

export function runOf(text: string, id: string, how?: How): string {
  const work = nodesOf(text, how)[id]?.work;
  if (work?.kind !== 'command') throw new Error(`no command: ${id}`);
  return work.run;
}
