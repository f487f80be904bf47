import { relative } from 'node:path';
import { LIMITS } from '../../../../core/limits';
import { present } from '../../../../core/model/present';
import type { RunnerName, TestReport } from '../../../../core/model/test-results';
import { combined } from '../../../../reports/combine';
import { formatOf, runnerOfText } from '../../../../reports/formats';
import type { FormatName } from '../../../../reports/report-format';
import { parseCommand } from '../../../../runners/command';
import { runnerNamed, runnerOf } from '../../../../runners/runners';
import { findFiles } from './find';
import { readFresh, textOf } from './fresh';
import type { TestPlan } from './plan';

/** The file of a report, as the command left it. */
export interface Found {
  readonly path: string;
  readonly named: RunnerName | undefined;
  /** Its path was written out, and not found by `*`. */
  readonly isMeant: boolean;
  readonly bytes: Buffer;
}

/** The reports that an attempt left, and what keeps the others from being read. */
export function foundReports(
  { reports, cwd, runAs }: TestPlan,
  startedAt: number,
): { readonly found: readonly Found[]; readonly problems: readonly string[] } {
  const found = new Map<string, Found>();
  const problems: string[] = [];
  let left = LIMITS.reportBytes;
  for (const { path: pattern, runner: named } of reports) {
    for (const path of findFiles(cwd, pattern)) {
      if (found.has(path)) continue;
      const bytes = readFresh(path, { startedAt, left, uid: runAs?.uid });
      if (bytes === 'old') continue;
      if (bytes === 'large' || found.size >= LIMITS.reportFiles) {
        const most = `${LIMITS.reportFiles} files and ${LIMITS.reportBytes} bytes`;
        return { found: [...found.values()], problems: [`its reports are more than ${most}`] };
      }
      left -= bytes.length;
      found.set(path, { path, named, isMeant: !/[*?]/.test(pattern), bytes });
    }
  }
  return { found: [...found.values()], problems };
}

/** One report of all files. Of reports of the same tests in several formats, the one that tells them apart best. */
export function readReports(found: readonly Found[], { cwd, command }: TestPlan): TestReport | undefined {
  const parsed = parseCommand(command);
  const shown = parsed && runnerOf(parsed);
  const read = found.flatMap((file) => readOne(file, { cwd, shown: file.named ?? shown?.name }));
  const best = new Map<string, number>();
  for (const { runner, rank } of read)
    best.set(runner, Math.min(best.get(runner) ?? Number.POSITIVE_INFINITY, rank));
  const chosen = read.filter(({ runner, rank }) => rank <= (best.get(runner) ?? 0));
  return chosen.length === 0 ? undefined : combined(chosen.map(({ report }) => report));
}

interface Read {
  readonly runner: string;
  /** Lower is better. */
  readonly rank: number;
  readonly report: TestReport;
}

function readOne(
  { path, isMeant, bytes }: Found,
  { cwd, shown }: { readonly cwd: string; readonly shown: RunnerName | undefined },
): Read[] {
  const text = textOf(bytes);
  const format = formatOf(text);
  const name = shown ?? runnerOfText(format?.name, text);
  const runner = name === undefined ? undefined : runnerNamed(name);
  const own = { runner: name ?? 'unknown', rank: rankOf(format?.name, runner?.formats) };
  const broken = (why: string) => {
    return [{ ...own, report: { results: [], problems: [`${relative(cwd, path)}: ${why}`] } }];
  };
  // Other files may lie where `*` looks.
  if (!format) return isMeant ? broken('this is no report in a known format, or it is not whole') : [];
  try {
    const { resultsOfCases, problemsOfCases } = runner ?? {};
    const context = { runner: own.runner, cwd, ...present({ resultsOfCases, problemsOfCases }) };
    const report = format.read(text, context);
    return report.results.length > LIMITS.reportTests
      ? broken('it has too many tests')
      : [{ ...own, report }];
  } catch (error) {
    return broken((error as Error).message);
  }
}

function rankOf(format: FormatName | undefined, formats: readonly FormatName[] = []): number {
  const at = format === undefined ? -1 : formats.indexOf(format);
  return at < 0 ? formats.length : at;
}
