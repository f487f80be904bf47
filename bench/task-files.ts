import type { Graph } from '../lib/core/dag/graph';

type CommandOf = (id: string) => string;

/**
 * A rule a node; nothing is up to date, ever. The shell is named and the command ends in a blank because make knows
 * `sh -c ':'` and starts nothing for it.
 */
export function makefile(graph: Graph, commandOf: CommandOf): string {
  const ids = graph.nodes.map(({ id }) => id).join(' ');
  const rules = graph.nodes.map(({ id, needs }) => `${id}: ${needs.join(' ')}\n\t@sh -c '${commandOf(id)} '`);
  return [`.PHONY: all ${ids}`, `all: ${ids}`, ...rules, ''].join('\n');
}

/** Ninja puts the shell before the command itself. */
export function ninjafile(graph: Graph, commandOf: CommandOf): string {
  const rules = graph.nodes.map(
    ({ id, needs }) => `build ${id}: command ${needs.join(' ')}\n  text = ${commandOf(id)}`,
  );
  const all = `build all: phony ${graph.nodes.map(({ id }) => id).join(' ')}`;
  return ['rule command', '  command = $text', ...rules, all, ''].join('\n');
}

/**
 * A `package.json` with a script a node. Only what is called from outside has to be a script of npm.
 * @see https://github.com/google/wireit#dependencies
 */
export function wireitPackage(graph: Graph, commandOf: CommandOf): string {
  const nodes = graph.nodes.map(({ id, needs }) => [id, { command: commandOf(id), dependencies: needs }]);
  const wireit = { all: { dependencies: graph.nodes.map(({ id }) => id) }, ...Object.fromEntries(nodes) };
  return JSON.stringify({ name: 'bench', private: true, scripts: { all: 'wireit' }, wireit });
}

/**
 * A `project.json` with a target a node. Targets are not cached unless a workspace says so.
 * @see https://nx.dev/reference/project-configuration
 */
export function nxProject(graph: Graph, commandOf: CommandOf): string {
  const targets = graph.nodes.map(({ id, needs }) => [
    id,
    { executor: 'nx:run-commands', options: { command: commandOf(id) }, dependsOn: needs },
  ]);
  const all = { executor: 'nx:noop', dependsOn: graph.nodes.map(({ id }) => id) };
  return JSON.stringify({
    name: 'bench',
    root: '.',
    targets: { all, ...Object.fromEntries(targets) },
  });
}
