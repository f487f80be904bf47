import type { Path } from '../../core/dag/check/problems';
import { shellWord } from '../../core/dag/shell/word';
import { checkItems, contract, type Item } from '../edges';
import { finish, nodeOf } from '../finish';
import { type Place, parseForeign, readForeign, refusal } from '../foreign';
import { createIds } from '../ids';
import type { ForeignFile, ImportedGraph } from '../imported';
import { createNotes, type Notes } from '../notes';
import { type NxTask, type NxTaskGraph, nxFileSchema, nxTaskGraphSchema } from './schema';

/**
 * The graph of an Nx task graph: a node per task, run by Nx itself so that its cache and executors are used.
 * @param name the name of the graph
 * @throws RepriseError INPUT_INVALID
 */
export function importNx(file: ForeignFile, name: string): ImportedGraph {
  const { value, locate } = readForeign(file);
  const at: Place = { source: file.source, locate };
  const { graph, path } = taskGraphOf(value, at);
  const tasks = Object.entries(graph.tasks);
  if (tasks.length === 0) throw refusal([...path, 'tasks'], 'lists no task', at);
  const items = tasks.map(([key]) => itemOf(graph, key, path));
  checkItems(items, at);
  const needsOf = contract(items, (key) => graph.tasks[key]?.continuous === true, at);
  const kept = tasks.filter(([key]) => needsOf.has(key));
  if (kept.length === 0) {
    throw refusal(
      [...path, 'tasks'],
      'every task is continuous: none ends, so there is nothing to wait for',
      at,
    );
  }
  const notes = createNotes();
  const makeId = createIds();
  const idOf = new Map(kept.map(([key]) => [key, makeId(key)]));
  noteContinuous(graph, path, notes);
  const nodes = kept.map(([key, task]) => {
    const servers = graph.continuousDependencies?.[key] ?? [];
    const node = idOf.get(key)!;
    noteTask(key, task, { servers, path, notes, node });
    return nodeOf({
      id: node,
      run: commandOf(task, servers.length > 0),
      needs: needsOf.get(key)!.map((need) => idOf.get(need)!),
    });
  });
  return finish({ name, nodes }, notes);
}

function taskGraphOf(value: unknown, at: Place): { graph: NxTaskGraph; path: Path } {
  if (typeof value === 'object' && value !== null) {
    if ('graph' in value && !('tasks' in value)) {
      const how = 'write one with `nx run-many -t TARGETS --graph=FILE.json`';
      throw refusal([], `this is a graph of projects, which has no tasks: ${how}`, at);
    }
    // The task graph alone, as other tools hand it on.
    if ('dependencies' in value) return { graph: parseForeign(nxTaskGraphSchema, value, at), path: [] };
  }
  return { graph: parseForeign(nxFileSchema, value, at).tasks, path: ['tasks'] };
}

function itemOf(graph: NxTaskGraph, key: string, path: Path): Item {
  // What a server waits for, such as its build, has to be there before whoever uses the server.
  const needs = (['dependencies', 'continuousDependencies'] as const).flatMap((kind) =>
    (graph[kind]?.[key] ?? []).map((need, i) => ({ key: need, path: [...path, kind, key, i] })),
  );
  return { key, needs };
}

/** @param keepsDependencies lets Nx run what the task depends on: only then does it start the servers too. */
function commandOf(task: NxTask, keepsDependencies: boolean): string {
  const { project, target, configuration } = task.target;
  const what = [project, target, ...(configuration ? [configuration] : [])].join(':');
  const own = (task.overrides?.__overrides_unparsed__ ?? []).map(shellWord);
  const flags = keepsDependencies ? [] : ['--excludeTaskDependencies'];
  return ['npx nx run', shellWord(what), ...flags, ...own].join(' ');
}

function noteContinuous(graph: NxTaskGraph, path: Path, notes: Notes): void {
  for (const [key, task] of Object.entries(graph.tasks)) {
    if (task.continuous !== true) continue;
    const message = `${key} is continuous (a server): it never ends, so it is no node; Nx starts it for the tasks that use it`;
    notes.add('left-out', [...path, 'tasks', key], message);
  }
}

function noteTask(
  key: string,
  task: NxTask,
  at: { servers: readonly string[]; path: Path; notes: Notes; node: string },
): void {
  const { servers, path, notes, node } = at;
  if (servers.length > 0) {
    const message = `uses ${servers.join(', ')}: Nx starts it with this task, and goes through the task's other dependencies again (cached ones cost nothing)`;
    notes.add('changed', [...path, 'continuousDependencies', key], message, node);
  }
  if (task.parallelism === false) {
    const message =
      'must not run beside other tasks on one machine: let it take all slots of a worker with `resources: { slots: N }`';
    notes.add('changed', [...path, 'tasks', key, 'parallelism'], message, node);
  }
  const given = Object.keys(task.overrides ?? {});
  if (given.length > 0 && !task.overrides?.__overrides_unparsed__) {
    const message = `the arguments ${given.join(', ')} are not in the command: add them to it`;
    notes.add('left-out', [...path, 'tasks', key, 'overrides'], message, node);
  }
}
