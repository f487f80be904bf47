import type { TestId, TestResult } from '../core/model/test-results';
import { unfinishedIfStopped } from '../reports/formats/robot-xml';
import { casesNamed } from '../reports/junit/results';
import type { JUnitCase, ReadContext } from '../reports/report-format';
import { type Command, changed } from './command';
import { variableIn } from './options';
import { counted, distinct, isWhole } from './patterns';
import type { Rerun, Runner } from './runner';
import type { Word } from './words';

/**
 * Robot Framework 7 (https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html, 3.2). `--test` takes a
 * pattern over the long name that ignores case and blanks, so what is special in it is put in brackets; equal names all
 * run. Its options stand in front of the paths.
 */
export const robot: Runner = {
  name: 'robot',
  formats: ['robot-xml', 'junit'],
  recognises: ({ program }) => program === 'robot',
  resultsOfCases,
  rerun,
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const { args, isScript } = command;
  if (isScript || args.length === 0)
    return { scope: 'whole', why: 'where the options of Robot Framework go is not known' };
  const unknown = variableIn(args.filter((_, i) => !args[i - 1]?.text.startsWith('-')));
  if (unknown !== undefined) return { scope: 'whole', why: unknown };
  const previous = args.find(({ text }) => /^(-R|-S|--rerun)/.test(spelled(text)));
  if (previous) return { scope: 'whole', why: `${previous.text} selects tests by another report` };
  if (tests.some(({ suites }) => suites.length === 0))
    return { scope: 'whole', why: 'the report names no suite of a test' };
  const file = args.some(({ text }) => /^(-A|--arg)/.test(spelled(text)));
  if (tests.every(isSelectable)) {
    const add = distinct(tests.map(({ suites, title }) => patternOf([...suites, title])));
    const text = changedTo(
      command,
      [...selections(args, /^--(tes?t?|task?)$/, /^-t/), ...empties(args)],
      flagged('--test', add),
    );
    if (file) return { scope: 'files', command: text, why: 'its file of arguments may select more tests' };
    return {
      scope: 'tests',
      command: text,
      why: `Robot Framework runs ${counted(tests.length)} by long name`,
    };
  }
  if (!tests.every(({ suites }) => isSelectable({ suites, title: '' }))) {
    return { scope: 'whole', why: 'the name of a suite is not as it was written' };
  }
  const add = distinct(tests.map(({ suites }) => patternOf(suites)));
  const drop = [...selections(args, /^--(tes?t?|task?|sui?t?e?)$/, /^-[ts]/), ...empties(args)];
  return {
    scope: 'files',
    command: changedTo(command, drop, flagged('--suite', add)),
    why: 'the name of a test is not as it was written: its suite runs',
  };
}

function changedTo(command: Command, drop: readonly Word[], add: readonly string[]): string {
  return changed(command, { drop, add, where: 'front' });
}

function flagged(option: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [option, value]);
}

/** In the file a backslash is doubled, and what it escapes may be anything; a variable may not be seen at all. */
function isSelectable(test: Pick<TestId, 'suites' | 'title'>): boolean {
  return isWhole(test as TestId) && ![...test.suites, test.title].some((name) => name.includes('\\'));
}

function patternOf(names: readonly string[]): string {
  return names.join('.').replace(/[[*?]/g, '[$&]');
}

/** Options with their values, by name; long ones may be shortened, and their case and hyphens do not count. */
function selections(args: readonly Word[], long: RegExp, short: RegExp): Word[] {
  const found: Word[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as Word;
    const [name = ''] = spelled(word.text).split('=');
    const isShort = short.test(word.text);
    if (!isShort && !long.test(name)) continue;
    found.push(word);
    const isJoined = isShort ? word.text.length > 2 : word.text.includes('=');
    const value = args[i + 1];
    if (isJoined || !value) continue;
    found.push(value);
    i += 1;
  }
  return found;
}

/** With these it is no error that nothing runs. */
function empties(args: readonly Word[]): Word[] {
  return args.filter(({ text }) => /^--runem/.test(spelled(text)));
}

function spelled(text: string): string {
  if (!text.startsWith('--')) return text;
  const [name = '', ...value] = text.slice(2).split('=');
  return [`--${name.toLowerCase().replaceAll('-', '')}`, ...value].join('=');
}

/** Of `--xunit`: its suites stand in each other as in the run. */
function resultsOfCases(cases: readonly JUnitCase[], context: ReadContext): TestResult[] {
  return casesNamed(cases, context, ({ attributes: { name = '', classname = '' }, suites }) => {
    const nested = suites.map((suite) => suite['name'] ?? '');
    return { title: name, suites: nested.join('.') === classname ? nested : [classname] };
  }).map(unfinishedIfStopped);
}
