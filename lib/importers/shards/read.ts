import * as z from 'zod';
import type { RunnerName, TestReport } from '../../core/model/test-results';
import { formatOf, runnerOfText } from '../../reports/formats';
import { runnerNamed } from '../../runners/runners';
import { parseForeign, readForeign, refusal } from '../foreign';
import type { ForeignFile } from '../imported';
import { type RelativePaths, relativePaths } from './paths';
import type { Recorded, Timing } from './runner';

/** Times by name, added up in the order in which names come first. */
function timingsOf(times: Iterable<readonly [name: string, ms: number | undefined]>): Timing[] {
  const sums = new Map<string, number | undefined>();
  for (const [name, ms] of times) {
    const before = sums.get(name);
    sums.set(name, ms === undefined ? before : (before ?? 0) + ms);
  }
  return [...sums].map(([name, ms]) => ({ name, ms }));
}

/** The tests of a report in any form that is known, as this runner means it. @throws RepriseError INPUT_INVALID */
function readReport({ text, source }: ForeignFile, cwd: string, name?: RunnerName): TestReport {
  const format = formatOf(text);
  if (!format) {
    const message = 'this is no report of tests that is known (docs/test-reports.md lists them)';
    throw refusal([], message, { source });
  }
  const known = name ?? runnerOfText(format.name, text);
  const { resultsOfCases, problemsOfCases } = (known && runnerNamed(known)) ?? {};
  return format.read(text, {
    ...{ runner: known ?? 'unknown', cwd },
    ...(resultsOfCases && { resultsOfCases }),
    ...(problemsOfCases && { problemsOfCases }),
  });
}

/** Times of the files of a report in any form that is known. @throws RepriseError INPUT_INVALID where it names none */
export function readFiles(file: ForeignFile, cwd: string, name?: RunnerName): Recorded {
  const { results, problems } = readReport(file, cwd, name);
  const nameless = results.find(({ id }) => id.file === undefined);
  if (nameless) {
    const how =
      name === 'pytest'
        ? 'run pytest with -o junit_family=xunit1'
        : 'have its reporter write the `file` of each test';
    const message = `the report does not say in which file ${JSON.stringify(nameless.id.title)} is: ${how}`;
    throw refusal([], message, { source: file.source });
  }
  const paths = relativePaths([...new Set(results.map(({ id }) => id.file ?? ''))], cwd);
  const timings = timingsOf(
    results.map(({ id, status, durationMs }) => [
      paths.of(id.file ?? ''),
      status === 'skipped' ? undefined : durationMs,
    ]),
  );
  return { timings, remarks: [...problems, ...baseRemark(paths)] };
}

function baseRemark({ base }: RelativePaths): string[] {
  return base === undefined
    ? []
    : [
        `the paths of the report are taken as below ${base}: say it with --root if the commands run in another folder`,
      ];
}

const suiteReport = z.looseObject({
  startTime: z.number().nullish(),
  testResults: z.array(
    z.looseObject({
      name: z.string(),
      startTime: z.number().nullish(),
      endTime: z.number().nullish(),
      assertionResults: z.array(z.looseObject({ duration: z.number().nullish() })).nullish(),
    }),
  ),
});
type SuiteReport = z.infer<typeof suiteReport>;

/**
 * `--json` of Jest, the `json` reporter of Vitest. A file takes from its start to its end, or as long as its tests, whatever is
 * more: hooks and the loading of modules are in no test.
 */
export function readSuites(file: ForeignFile, cwd: string): Recorded {
  const { value, locate } = readForeign(file);
  const { startTime, testResults } = parseForeign(suiteReport, value, { source: file.source, locate });
  const paths = relativePaths(
    testResults.map(({ name }) => name),
    cwd,
  );
  const timings = timingsOf(testResults.map((each) => [paths.of(each.name), timeOf(each)]));
  const end = testResults.reduce((latest, { endTime }) => Math.max(latest, endTime ?? 0), 0);
  const wall = end - (startTime ?? end);
  const work = timings.reduce((sum, { ms = 0 }) => sum + ms, 0);
  return { timings, workers: wall > 0 ? Math.max(1, work / wall) : 1, remarks: baseRemark(paths) };
}

function timeOf({
  startTime,
  endTime,
  assertionResults,
}: SuiteReport['testResults'][number]): number | undefined {
  const tests = (assertionResults ?? []).reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  const ms = Math.max((endTime ?? 0) - (startTime ?? 0), tests);
  return ms > 0 ? ms : undefined;
}

const durations = z.record(z.string(), z.number().min(0));

/** The file of pytest-split, seconds by node id, or a JUnit report of pytest. */
export function readPytest(file: ForeignFile, cwd: string): Recorded {
  if (isXml(file)) return readFiles(file, cwd, 'pytest');
  const { value, locate } = readForeign(file);
  const seconds = parseForeign(durations, value, { source: file.source, locate });
  return {
    timings: timingsOf(
      Object.entries(seconds).map(([id, each]) => [id.replace(/::.*$/s, ''), each * 1_000] as const),
    ),
  };
}

const goEvent = z.looseObject({
  Action: z.string(),
  Package: z.string().nullish(),
  Test: z.string().nullish(),
  Elapsed: z.number().min(0).nullish(),
});
type GoEvent = z.infer<typeof goEvent>;

/** Lines of `go test -json`, or JUnit as gotestsum writes it. Subtests are in the time of their test. */
export function readGo(file: ForeignFile, cwd: string): Recorded {
  if (isXml(file)) {
    const { results, problems } = readReport(file, cwd, 'gotestsum');
    const whole = results.filter(({ id }) => !id.title.includes('/'));
    const times = whole.map(({ id, status, durationMs }) => {
      return [id.title, status === 'skipped' ? undefined : durationMs] as const;
    });
    return { timings: timingsOf(times), remarks: problems };
  }
  const events = goEvents(file);
  const ofTests = events.filter(({ Test }) => Test && !/^Benchmark|\//.test(Test));
  const times = ofTests.map(({ Action, Test = '', Elapsed }): [string, number | undefined] => {
    return [Test ?? '', Action === 'pass' || Action === 'fail' ? (Elapsed ?? 0) * 1_000 : undefined];
  });
  const known = new Set(ofTests.map(({ Package }) => Package));
  const broken = events.filter(
    ({ Action, Package, Test }) => Action === 'fail' && !Test && !known.has(Package),
  );
  const remarks = broken.map(
    ({ Package }) => `${Package} failed before its tests, so the report names none of them`,
  );
  return { timings: timingsOf(times), remarks };
}

function goEvents({ text, source }: ForeignFile): GoEvent[] {
  return text.split('\n').flatMap((line, i) => {
    const event = goEvent.safeParse(json(line));
    if (event.success) return [event.data];
    // What stands beside the events, as with `go test -json 2>&1`.
    if (!line.startsWith('{')) return [];
    throw refusal([], `line ${i + 1} is no event of go test -json`, { source });
  });
}

function isXml({ text }: ForeignFile): boolean {
  return /^\s*</.test(text.replace(/^\uFEFF/, ''));
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
