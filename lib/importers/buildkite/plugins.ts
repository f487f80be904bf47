import type { Path } from '../../core/dag/check/problems';
import type { Context } from './context';
import type { CommandStep } from './schema';
import type { Tell } from './tell';
import { assumedText } from './upload';

interface Plugin {
  readonly name: string;
  readonly settings: unknown;
  readonly path: Path;
}

/** Plugins in which the command of a step runs elsewhere. */
const CONTAINERS = /^(docker|docker-compose|kubernetes|podman)$/;

/** Characters of a plugin's settings that a note shows. */
const SETTINGS_SHOWN = 200;

/** The names of a step's plugins; a note says of each that nothing runs it, unless it only collects what are reports here. */
export function pluginsOf(step: CommandStep, path: Path, { tell, lookup }: Context): string[] {
  const plugins = all(step, path).map((plugin) => {
    const { text, of } = assumedText(plugin.name, lookup);
    return of.length > 0 ? plugin : { ...plugin, name: text };
  });
  for (const plugin of plugins) {
    if (commandsOf(step).length > 0 && reportFiles(plugin).length > 0) continue;
    const { name, settings, path: at } = plugin;
    const meaning = CONTAINERS.test(shortName(name))
      ? 'the command runs on the worker itself'
      : 'nothing does what it does';
    const shown = settings ? ` (with ${JSON.stringify(settings).slice(0, SETTINGS_SHOWN)})` : '';
    tell('left-out', at, `the plugin ${name} runs only on Buildkite: ${meaning}${shown}`);
  }
  return plugins.map(({ name }) => name);
}

/** The commands of a step; none where only plugins run in it. */
export function commandsOf({ command, commands }: CommandStep): string[] {
  const all = [commands ?? command ?? []].flat().map(String);
  return all.join('').trim() === '' ? [] : all;
}

/** Files of test results that a plugin collects, which are reports of the node. */
export function reportsOf(step: CommandStep, path: Path, tell: Tell): string[] {
  if (commandsOf(step).length === 0) return [];
  const found = all(step, path).flatMap((plugin) =>
    reportFiles(plugin).flatMap((file) => {
      const isBelow =
        !/^[/~]|\\|\$|\{\{|\p{Cc}/u.test(file) && !file.split('/').includes('..') && file !== '';
      const message = isBelow
        ? `${file} are reports of the node`
        : `${file} cannot be reports of the node, which lie below its working directory`;
      tell(isBelow ? 'info' : 'left-out', plugin.path, message);
      return isBelow ? [file] : [];
    }),
  );
  return [...new Set(found)];
}

function reportFiles({ name, settings }: Plugin): string[] {
  const given =
    typeof settings === 'object' && settings !== null ? (settings as Record<string, unknown>) : {};
  const short = shortName(name);
  const files = short === 'test-collector' ? given['files'] : given['artifacts'];
  const isJunit = short === 'test-collector' ? given['format'] === 'junit' : short === 'junit-annotate';
  return isJunit ? [files ?? []].flat().map(String) : [];
}

/** `docker` of `docker#v5.0.0`, of `org/docker-buildkite-plugin#v1` and of an address. */
function shortName(name: string): string {
  return name
    .replace(/#.*$/, '')
    .replace(/^.*\//, '')
    .replace(/(-buildkite-plugin)?(\.git)?$/, '');
}

/** A list of names, or of names with settings; a mapping of them; or one by itself. */
function all({ plugins, plugin }: CommandStep, path: Path): Plugin[] {
  return [...read(plugins, [...path, 'plugins']), ...read(plugin, [...path, 'plugin'])];
}

function read(given: unknown, path: Path): Plugin[] {
  if (typeof given === 'string') return [{ name: given, settings: undefined, path }];
  if (Array.isArray(given)) return given.flatMap((each, i) => read(each, [...path, i]));
  if (typeof given !== 'object' || given === null) return [];
  return Object.entries(given).map(([name, settings]) => ({ name, settings, path }));
}
