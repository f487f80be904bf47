import { shellWord } from '../../core/dag/shell/word';
import {
  flagOf,
  type LocatedMap,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import { BUILT_IN } from './built-in';
import { type Directory, stepDirectory } from './directory';
import { exportLines } from './environment';
import type { Script, StepWhen } from './script';
import { unknownLine } from './script';
import type { Step } from './steps';
import { unknownIn } from './template';

/** What the steps of a job share. */
export interface JobSurroundings {
  readonly directory: Directory;
  readonly shell: string | undefined;
  readonly tell: Tell;
}

/** The steps of a job that run something; those that CircleCI has built in are told. @throws RepriseError INPUT_INVALID */
export function scriptsOf(steps: readonly Step[], job: JobSurroundings): Script[] {
  return steps.flatMap((step) => {
    if (step.name === 'run' || step.name === 'deploy') return [scriptOf(step, job)];
    if (step.name === 'store_test_results') return [];
    const settings =
      step.value.kind === 'map' && step.value.entries.size === 0 ? '' : ` (${shown(step.value)})`;
    job.tell('left-out', step.spot, `${step.name}: ${BUILT_IN[step.name]}${settings}`);
    return [];
  });
}

/** Keys of a step that are read here. */
const READ = new Set(['background', 'command', 'environment', 'name', 'shell', 'when', 'working_directory']);
const LEFT_OUT: Readonly<Record<string, string>> = {
  no_output_timeout: 'a node has one time limit, and none for silence',
  max_auto_reruns: 'a step is not run again, the node may be: give it `retry`',
  auto_rerun_delay: 'a step is not run again, the node may be: give it `retry`',
};

function scriptOf(step: Step, job: JobSurroundings): Script {
  const { tell } = job;
  if (step.value.kind !== 'map')
    return { ...PLAIN, shell: shellOf(undefined, job), ...commandOf(textOf(step.value), step.spot, tell) };
  const map = step.value;
  const command = settingOf(map, 'command');
  if (!command) throw refuse(step.spot, 'a `run` step has a `command`');
  const name = settingOf(map, 'name');
  for (const [key, { spot, value }] of map.entries) {
    if (READ.has(key)) continue;
    const message = Object.hasOwn(LEFT_OUT, key) ? LEFT_OUT[key] : 'nothing like it is known here';
    tell('left-out', spot, `${message} (${shown(value)})`);
  }
  const { text, setup } = commandOf(textOf(command), command.spot, tell);
  return {
    title: name ? textOf(name) : undefined,
    text,
    shell: shellOf(map, job),
    setup: [...setup, ...directoryLines(map, job), ...exportLines(settingOf(map, 'environment'), tell)],
    when: whenOf(map),
    isBackground: isBackground(map, tell),
  };
}

const PLAIN = { title: undefined, setup: [], when: 'on_success', isBackground: false } as const;

/** Programs that are only on CircleCI. */
const ONLY_THERE = /(?:^|[\s;&|($`])(circleci(?:-agent)?)\s+(tests|step|env|run|config)\b/m;

function commandOf(text: string, spot: Spot, tell: Tell): Pick<Script, 'text' | 'setup'> {
  const unknown = unknownIn(text);
  const tool = ONLY_THERE.exec(text);
  if (tool) {
    const hint =
      tool[2] === 'tests' ? ': pick the tests of each node by $CIRCLE_NODE_INDEX of $CIRCLE_NODE_TOTAL' : '';
    tell('changed', spot, `\`${tool[1]} ${tool[2]}\` is only on CircleCI, and fails${hint}`);
  }
  if (unknown.length > 0) {
    tell(
      'changed',
      spot,
      `${unknown.join(', ')} is only known on CircleCI and stays in the command: the node fails where it comes to this step, until it is told with --set`,
    );
  }
  return {
    text: text.replaceAll('\r\n', '\n').trimEnd(),
    setup: unknown.length > 0 ? [unknownLine(unknown)] : [],
  };
}

/** The words of a command line; a file follows, so that what takes a text instead is left off. */
function shellOf(map: LocatedMap | undefined, job: JobSurroundings): string | undefined {
  const own = map && settingOf(map, 'shell');
  const given = own ? textOf(own) : job.shell;
  if (given === undefined || given.trim() === '') return undefined;
  const words = given.trim().split(/\s+/);
  if (words.length > 1 && words.at(-1) === '-c') words.pop();
  if (own && /powershell|pwsh|cmd\.exe/i.test(words[0]!))
    job.tell(
      'changed',
      own.spot,
      `the worker must have ${words[0]}, which gets the step as a file without an ending`,
    );
  return words.map(shellWord).join(' ');
}

function directoryLines(map: LocatedMap, job: JobSurroundings): string[] {
  const given = settingOf(map, 'working_directory');
  if (!given) return [];
  const word = stepDirectory(given, job.directory, job.tell);
  return word === undefined ? [] : [`cd -- ${word} || exit`];
}

function whenOf(map: LocatedMap): StepWhen {
  const value = settingOf(map, 'when');
  if (!value) return 'on_success';
  const text = textOf(value);
  if (text === 'on_success' || text === 'always' || text === 'on_fail') return text;
  throw refuse(value.spot, `${text} is none of on_success, always and on_fail`);
}

function isBackground(map: LocatedMap, tell: Tell): boolean {
  const value = settingOf(map, 'background');
  if (!value || !flagOf(value)) return false;
  tell('changed', value.spot, 'it is ended with the last step, and what it started only if it sees to that');
  return true;
}

/** Paths of test results, as patterns of files. */
export function resultPaths(steps: readonly Step[], { directory, tell }: JobSurroundings) {
  return steps.flatMap(({ name, value, spot }) => {
    if (name !== 'store_test_results') return [];
    const path = value.kind === 'map' ? settingOf(value, 'path') : value;
    if (!path) throw refuse(spot, '`store_test_results` has a `path`');
    const text = textOf(path);
    const inside = directory.relative(text);
    const problem = inside === undefined ? 'it lies out of the working directory' : reportProblem(inside);
    if (inside !== undefined && problem === undefined)
      return [
        { path: /\.xml$/i.test(inside) ? inside : `${inside === '' ? '' : `${inside}/`}**/*.xml`, spot },
      ];
    tell('left-out', spot, `the results in ${text} are not read: ${problem}`);
    return [];
  });
}

function reportProblem(path: string): string | undefined {
  if (path.includes('<<')) return 'the name is only known on CircleCI';
  if (path.length > 200) return 'the path is too long';
  if (path.split('/').includes('..') || /[\\\p{Cc}$~]/u.test(path))
    return 'it lies out of the working directory';
  if (/[[\]{}!]/.test(path)) return 'only *, ? and ** are patterns here';
  return undefined;
}
