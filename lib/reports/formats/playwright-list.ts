interface Listed {
  readonly project?: string | undefined;
  /** As the report has it: relative to the directory of tests. */
  readonly file: string;
  readonly suites: readonly string[];
  readonly title: string | undefined;
}

/**
 * A line of the file that `playwright test --test-list` reads, for a test, or for all that begins the same where a part
 * of its names cannot be written: the line is split at every `›`, its parts are trimmed, and it ends with the line
 * (`loadTestList`, Playwright 1.65). Undefined where not even the file can be.
 */
export function listLine({ project = '', file, suites, title }: Listed): string | undefined {
  if (!isWritable(file) || /^[[#]|:\d+$/.test(file) || /[[\]]/.test(project)) return undefined;
  if (project !== '' && !isWritable(project)) return undefined;
  const names = [...suites, ...(title === undefined ? [] : [title])];
  const unwritable = names.findIndex((name) => !isWritable(name));
  const listed = unwritable < 0 ? names : names.slice(0, unwritable);
  const line = [...(project === '' ? [] : [`[${project}]`]), file, ...listed].join(' › ');
  // Without a delimiter of this kind the line would be split at `>`.
  return line.includes('›') || !line.includes('>') ? line : undefined;
}

/** Whether the line names this test and nothing that is longer than it. */
export function namesExactly(line: string, { suites, title }: Pick<Listed, 'suites' | 'title'>): boolean {
  return line.endsWith(` › ${[...suites, title].join(' › ')}`);
}

function isWritable(name: string): boolean {
  return name !== '' && name === name.trim() && !/[›\r\n]/.test(name);
}
