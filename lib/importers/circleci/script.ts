import { shellQuote } from '../../core/dag/shell/word';
import { hereDocument } from '../shell';

export type StepWhen = 'on_success' | 'always' | 'on_fail';

/** A `run` step, as a process of its own. */
export interface Script {
  readonly title: string | undefined;
  readonly text: string;
  /** A command line that takes the name of a file; undefined for the shell of the job. */
  readonly shell: string | undefined;
  /** Lines before it, in the same process. */
  readonly setup: readonly string[];
  readonly when: StepWhen;
  readonly isBackground: boolean;
}

/** What surrounds the scripts of a job. */
export interface Surroundings {
  /** Variables as lines of a shell. */
  readonly exports: readonly string[];
  /** Options of the shell that runs what names none: those of a Mac read the profile. */
  readonly shellOptions: string;
}

/**
 * Steps as one command: each is a process of its own, which reads what those before it wrote to `$BASH_ENV`. The first
 * that fails says how the job ends; those after it run only where they say so.
 * @see https://circleci.com/docs/reference/configuration-reference/#run
 */
export function joinScripts(scripts: readonly Script[], { exports, shellOptions }: Surroundings): string {
  const isTold = scripts.some(({ when }) => when !== 'on_success');
  const hasDefault = scripts.some(({ shell }) => shell === undefined);
  const hasBackground = scripts.some(({ isBackground }) => isBackground);
  const clean = [...(hasBackground ? ['kill $_background 2>/dev/null'] : []), 'rm -rf "$_temp"'].join('; ');
  return [
    '# Each step is a process of its own, as on CircleCI.',
    ...(isTold ? [] : ['set -e']),
    'exec </dev/null',
    '_temp=$(mktemp -d) || exit',
    ...(hasBackground ? ['_background='] : []),
    `trap '${clean}' EXIT`,
    'export BASH_ENV="$_temp/env"; : >"$BASH_ENV"',
    ...(hasDefault ? [`_shell="$(command -v bash || command -v sh) ${shellOptions}"`] : []),
    ...exports,
    'step() { _step=$_temp/step$1; cat >"$_step"; }',
    ...(isTold
      ? ['_exit=0', 'ended() { _code=$?; [ "$_code" = 0 ] || [ "$_exit" != 0 ] || _exit=$_code; }']
      : []),
    ...scripts.flatMap((script, i) => ['', ...scriptLines(script, i + 1, isTold)]),
    ...(isTold ? ['', 'exit "$_exit"'] : []),
  ].join('\n');
}

const CONDITIONS: Readonly<Record<StepWhen, string | undefined>> = {
  on_success: 'if [ "$_exit" = 0 ]; then',
  on_fail: 'if [ "$_exit" != 0 ]; then',
  always: undefined,
};

function scriptLines(script: Script, number: number, isTold: boolean): string[] {
  const { title, setup, when, isBackground } = script;
  const heading = title === undefined ? [] : [`# ${title.replace(/\s+/g, ' ').replaceAll('{{', '{ {')}`];
  const { open, body } = hereDocument(script.text);
  const run = `${script.shell ?? '$_shell'} "$_step"`;
  const begin = `step ${number} ${open} && ${isBackground ? `exec ${run}` : run}`;
  const isApart = setup.length > 0;
  const inner = isBackground
    ? ['{', ...setup, begin, body, '} & _background="$_background $!"']
    : isApart
      ? ['(', ...setup, begin, body, ')']
      : [begin, body];
  if (!isTold) return [...heading, ...inner];
  const condition = CONDITIONS[when];
  return [
    ...heading,
    ...(condition === undefined ? [] : [condition]),
    ...inner,
    ...(isBackground ? [] : ['ended']),
    ...(condition === undefined ? [] : ['fi']),
  ];
}

/** A line that ends its process, as what it needs is not known. */
export function unknownLine(names: readonly string[]): string {
  return `echo ${shellQuote(`only CircleCI knows ${names.join(', ')}: write the value in its place, and take this line out`)} >&2; exit 1`;
}
