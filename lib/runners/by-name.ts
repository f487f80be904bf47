import type { TestId } from '../core/model/test-results';
import { type Command, changed } from './command';
import type { Options } from './options';
import { anyOf, counted, distinct, filesOf, isWhole, spacedName } from './patterns';
import type { Rerun } from './runner';

interface Naming {
  readonly options: Options;
  /** What would leave a test out, or keep a report from being written. */
  readonly hindrances: readonly string[];
  /** What the runner selects a file by. */
  readonly pathOf: (file: string) => string;
  /** What people call the runner. */
  readonly title: string;
}

/** A rerun by files and `-t`, a regular expression over the names joined by blanks; as the runner of Jest has it. */
export function rerunByName(command: Command, tests: readonly TestId[], naming: Naming): Rerun {
  const { options, hindrances, pathOf, title } = naming;
  const files = filesOf(tests);
  const drop = [...options.named(...hindrances), ...(files ? options.positionals : [])];
  const paths = (files ?? []).map(pathOf);
  if (!tests.every(isWhole)) {
    if (!files)
      return { scope: 'whole', why: 'a name is too long to select its test, and its file is not known' };
    const text = changed(command, { drop, add: paths });
    return { scope: 'files', command: text, why: 'a name is too long to select its test: its file runs' };
  }
  const names = distinct(tests.map(spacedName));
  const text = changed(command, { drop, add: [...paths, '-t', anyOf(names)] });
  return { scope: 'tests', command: text, why: `${title} runs ${counted(tests.length)} by name` };
}
