import { shellQuote, shellWord } from '../../core/dag/shell/word';
import { checkItems, contract } from '../edges';
import { finish, nodeOf } from '../finish';
import { type Place, parseForeign, readForeign, refusal } from '../foreign';
import { createIds } from '../ids';
import type { ForeignFile, ImportedGraph } from '../imported';
import { createNotes, type Notes } from '../notes';
import { NO_COMMAND, type TurboTask, turboDrySchema } from './schema';

/**
 * `turbo`: each node has Turborepo run its one task, so that its cache and environment rules hold.
 * `script`: each node runs the task's command in its package, without Turborepo.
 */
export const TURBO_RUNNERS = ['turbo', 'script'] as const;
export type TurboRunner = (typeof TURBO_RUNNERS)[number];

/**
 * The graph of a Turborepo dry run: a node per task that has a command. Tasks without one only pass dependencies
 * on, and so does the graph.
 * @throws RepriseError INPUT_INVALID
 */
export function importTurbo(
  file: ForeignFile,
  { name, runner = 'turbo' }: { readonly name: string; readonly runner?: TurboRunner },
): ImportedGraph {
  const { value, locate } = readForeign(file);
  const at: Place = { source: file.source, locate };
  const { tasks } = parseForeign(turboDrySchema, value, at);
  checkUnique(tasks, at);
  const items = tasks.map(({ taskId, dependencies }, i) => ({
    key: taskId,
    needs: (dependencies ?? []).map((key, j) => ({ key, path: ['tasks', i, 'dependencies', j] })),
  }));
  checkItems(items, at);
  const gone = new Set(
    tasks.filter((task) => endsNever(task) || !hasCommand(task)).map(({ taskId }) => taskId),
  );
  const needsOf = contract(items, (key) => gone.has(key), at);
  if (needsOf.size === 0) throw refusal(['tasks'], 'no task has a command that ends', at);
  const notes = createNotes();
  const makeId = createIds();
  const idOf = new Map([...needsOf.keys()].map((key) => [key, makeId(key)]));
  noteTasks(tasks, idOf, notes);
  const nodes = tasks
    .filter(({ taskId }) => needsOf.has(taskId))
    .map((task) =>
      nodeOf({
        id: idOf.get(task.taskId)!,
        run: runner === 'turbo' ? turboCommand(task) : scriptCommand(task),
        needs: needsOf.get(task.taskId)!.map((need) => idOf.get(need)!),
      }),
    );
  return finish({ name, nodes }, notes);
}

function checkUnique(tasks: readonly TurboTask[], at: Place): void {
  const seen = new Map<string, number>();
  for (const [i, { taskId }] of tasks.entries()) {
    const first = seen.get(taskId);
    if (first !== undefined) {
      throw refusal(['tasks', i, 'taskId'], `${JSON.stringify(taskId)} is taken by tasks[${first}]`, at);
    }
    seen.set(taskId, i);
  }
}

function hasCommand({ command }: TurboTask): boolean {
  return typeof command === 'string' && command !== NO_COMMAND && command.trim() !== '';
}

function endsNever({ resolvedTaskDefinition }: TurboTask): boolean {
  return resolvedTaskDefinition?.persistent === true;
}

/** `--only` leaves out the dependencies, which are nodes of their own. */
function turboCommand({ taskId, cliArguments }: TurboTask): string {
  const own = cliArguments ?? [];
  const rest = own.length === 0 ? [] : ['--', ...own.map(shellWord)];
  return ['npx turbo run', shellWord(taskId), '--only', ...rest].join(' ');
}

/** Package managers put the binaries of the package and of the root on the path of a script. */
function scriptCommand({ command, directory, cliArguments }: TurboTask): string {
  const text = [command ?? '', ...(cliArguments ?? []).map(shellWord)].join(' ');
  const path = 'export PATH="$PWD/node_modules/.bin:$PATH"';
  const where = (directory ?? '').replaceAll('\\', '/');
  if (where === '' || where === '.') return `${path}\n${text}`;
  return `${path}\ncd ${shellQuote(where)} || exit\n${path}\n${text}`;
}

function noteTasks(tasks: readonly TurboTask[], idOf: ReadonlyMap<string, string>, notes: Notes): void {
  const without = tasks.filter((task) => !hasCommand(task));
  if (without.length > 0) {
    const names = without.map(({ taskId }) => taskId).join(', ');
    const message = `${without.length} tasks have no command in their package; what they connect stays connected: ${names}`;
    notes.add('info', ['tasks'], message);
  }
  tasks.forEach((task, i) => {
    const node = idOf.get(task.taskId);
    if (endsNever(task)) {
      const path = ['tasks', i, 'resolvedTaskDefinition', 'persistent'];
      notes.add('left-out', path, `${task.taskId} is persistent: it never ends, so it is no node`);
    }
    if (node === undefined) return;
    if ((task.with ?? []).length > 0) {
      const message = `runs together with ${(task.with ?? []).join(', ')}: nothing starts them together here`;
      notes.add('left-out', ['tasks', i, 'with'], message, node);
    }
    if (task.resolvedTaskDefinition?.interactive === true) {
      const path = ['tasks', i, 'resolvedTaskDefinition', 'interactive'];
      notes.add('changed', path, 'is interactive: nobody answers it here', node);
    }
  });
}
