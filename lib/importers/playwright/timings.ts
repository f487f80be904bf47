import type { PlaywrightReport, PlaywrightResult } from './schema';

/** What a report tells of one test file. */
export interface FileTiming {
  /** Relative to the report's `rootDir`, with `/`. */
  readonly file: string;
  /** Names of the projects that ran it. */
  readonly projects: ReadonlySet<string>;
  /** Time of all attempts of all tests, in all projects; undefined when nothing of it ran. */
  readonly workMs: number | undefined;
  /** The longest piece that one worker runs without another's help: a test, or a project's share of the file. */
  readonly pieceMs: number;
  /** Attempts that were not the first of their test. */
  readonly repeats: number;
}

/** The files of a report, in its order. O(results). */
export function fileTimings(report: PlaywrightReport): FileTiming[] {
  const files = new Map<string, Totals>();
  const stack = [...report.suites]
    .reverse()
    .map((suite) => ({ suite, file: suite.file ?? suite.title ?? '' }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { suite, file } = next;
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests ?? []) {
        const totals = totalsOf(files, withSlashes(spec.file ?? file));
        const project = test.projectName ?? test.projectId ?? '';
        totals.projects.add(project);
        // With `fullyParallel` the tests of a file spread over the workers; else they stay together.
        const piece = report.config?.fullyParallel ? `test ${totals.pieces.size}` : `project ${project}`;
        addResults(totals, piece, test.results ?? []);
      }
    }
    stack.push(
      ...[...(suite.suites ?? [])].reverse().map((inner) => ({ suite: inner, file: inner.file ?? file })),
    );
  }
  return [...files].map(([file, { projects, pieces, workMs, repeats }]) => ({
    file,
    projects,
    workMs: pieces.size > 0 ? workMs : undefined,
    pieceMs: [...pieces.values()].reduce((longest, ms) => Math.max(longest, ms), 0),
    repeats,
  }));
}

interface Totals {
  readonly projects: Set<string>;
  readonly pieces: Map<string, number>;
  workMs: number;
  repeats: number;
}

function addResults(totals: Totals, piece: string, results: readonly PlaywrightResult[]): void {
  const ran = results.filter(({ status }) => status !== 'skipped');
  if (ran.length === 0) return;
  const ms = ran.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  totals.pieces.set(piece, (totals.pieces.get(piece) ?? 0) + ms);
  totals.workMs += ms;
  totals.repeats += ran.length - 1;
}

function totalsOf(files: Map<string, Totals>, file: string): Totals {
  const known = files.get(file);
  if (known) return known;
  const made: Totals = { projects: new Set(), pieces: new Map(), workMs: 0, repeats: 0 };
  files.set(file, made);
  return made;
}

function withSlashes(file: string): string {
  return file.replaceAll('\\', '/').replace(/^\.\//, '');
}
