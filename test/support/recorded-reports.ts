import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testName } from '../../lib/core/history/test-key';
import { present } from '../../lib/core/model/present';
import type { RunnerName, TestReport } from '../../lib/core/model/test-results';
import { combined } from '../../lib/reports/combine';
import { formatOf } from '../../lib/reports/formats';
import { runnerNamed } from '../../lib/runners/runners';

const FOLDER = join(__dirname, '../fixtures/reports');

/** What a runner left, as `test/fixtures/reports/record.sh` kept it: all files whose names begin so. */
export function recordedReport(runner: RunnerName, name: string): TestReport {
  const files = readdirSync(FOLDER).filter((file) => file.startsWith(`${runner}-${name}`));
  if (files.length === 0) throw new Error(`no report ${runner}-${name}`);
  const { resultsOfCases, problemsOfCases } = runnerNamed(runner) ?? {};
  const context = { runner, cwd: '/suite', ...present({ resultsOfCases, problemsOfCases }) };
  return combined(
    files.map((file) => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const format = formatOf(text);
      if (!format) throw new Error(`${file} is in no known format`);
      return format.read(text, context);
    }),
  );
}

/** Tests with their tries, a word each: `{ 'a.py › test_a': 'failed passed' }`. */
export function triesOf({ results }: TestReport): Record<string, string> {
  const tries: Record<string, string> = {};
  for (const { id, status } of results) {
    const name = testName(id);
    tries[name] = name in tries ? `${tries[name]} ${status}` : status;
  }
  return tries;
}
