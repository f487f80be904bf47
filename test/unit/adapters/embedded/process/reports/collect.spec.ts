import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptReport } from '../../../../../../lib/core/messages/report';
import type { AttemptRequest } from '../../../../../../lib/core/ports/execution';
import { cleanUp, harness, request } from '../harness';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'reprise-reports-'));
});
afterEach(async () => {
  await cleanUp();
  rmSync(cwd, { recursive: true, force: true });
});

const junit = (...cases: readonly string[]) =>
  `<testsuites><testsuite name="s">${cases.map((one) => `<testcase name="${one}"><failure message="no"/></testcase>`).join('')}<testcase name="fine"/></testsuite></testsuites>`;
const PASSES = junit();

/** An attempt whose node leaves reports. */
function attempt(
  run: string,
  { attempt = 1, ...more }: Partial<AttemptRequest['work']> & { attempt?: number } = {},
) {
  return request('', {
    attempt,
    work: { kind: 'command', run, reports: [{ path: '*.xml' }], ...more } as AttemptRequest['work'],
  });
}
const writing = (xml: string, file = 'r.xml') => `cat > ${file} <<'END'\n${xml}\nEND\n`;
const testsOf = (report: AttemptReport) => ('tests' in report ? report.tests : undefined);

describe('an attempt that leaves reports', () => {
  it('reports what they say', async () => {
    const { executor, ending } = harness({ cwd });
    await executor.submit(attempt(`${writing(junit('a'))}exit 1`));
    expect(testsOf(await ending())).toMatchObject({
      counts: { passed: 1, failed: 1 },
      failed: [{ runner: 'unknown', suites: [], title: 'a' }],
      problems: [],
    });
  });

  it('keeps the report of every try under a name of its own', async () => {
    const { dir, executor, ending } = harness({ cwd });
    for (const number of [1, 2]) {
      await executor.submit(attempt(writing(PASSES.replace('fine', `try ${number}`)), { attempt: number }));
      await ending('a', number);
    }
    const kept = [1, 2].map((number) =>
      readFileSync(join(dir, 'job/attempts', `a.${number}.report.1`), 'utf8'),
    );
    expect(kept.map((text) => /try \d/.exec(text)?.[0])).toEqual(['try 1', 'try 2']);
  });

  it('has none of those that lay there before, and none that is older than itself', async () => {
    writeFileSync(join(cwd, 'old.xml'), PASSES);
    const { executor, ending } = harness({ cwd });
    await executor.submit(attempt(`${writing(PASSES)}touch -d '1 hour ago' r.xml`));
    const report = await ending();
    expect(report).toMatchObject({
      type: 'failed',
      failure: { exitCode: 0, message: 'it left no report of its tests' },
    });
    expect(existsSync(join(cwd, 'old.xml'))).toBe(false);
  });

  it('says the same again after the files are those of a later attempt, and after a restart', async () => {
    const first = harness({ cwd });
    await first.executor.submit(attempt(`${writing(junit('a'))}exit 1`));
    const said = await first.ending();
    writeFileSync(join(cwd, 'r.xml'), PASSES);
    expect(await first.executor.results(request(''))).toMatchObject({ tests: testsOf(said) });
    await first.executor.close();
    const second = harness({ cwd, dir: first.dir });
    await second.executor.submit(attempt('exit 7'));
    expect(testsOf(await second.ending())).toEqual(testsOf(said));
  });

  it('is judged by the process that takes it over', async () => {
    const first = harness({ cwd });
    await first.executor.submit(attempt(`sleep 0.5; ${writing(junit('a'))}exit 1`));
    await first.executor.close();
    const second = harness({ cwd, dir: first.dir });
    await second.executor.submit(attempt('exit 7'));
    expect(testsOf(await second.ending())).toMatchObject({ counts: { failed: 1 }, problems: [] });
  });

  it('hides secrets in what is kept and reported of its reports', async () => {
    const secrets = { resolve: () => Promise.resolve('hunter22') };
    const { dir, executor, ending } = harness({ cwd, secrets });
    const xml = junit('a').replace('no', 'password hunter22');
    await executor.submit(attempt(`${writing(xml)}exit 1`, { secrets: ['KEY'] }));
    const report = await ending();
    const texts = ['report.1', 'results', 'tests'].map((end) =>
      readFileSync(join(dir, `job/attempts/a.1.${end}`), 'utf8'),
    );
    expect([JSON.stringify(report), ...texts].join('\n')).not.toContain('hunter22');
    expect(texts.slice(0, 2).every((text) => text.includes('password ***'))).toBe(true);
  });

  it('runs whole again after it was stopped, whatever its report says by then', async () => {
    const { executor, ending } = harness({ cwd });
    await executor.submit({ ...attempt(`${writing(junit('a'))}sleep 60`), timeoutMs: 700 });
    const report = await ending();
    expect(report).toMatchObject({ type: 'failed', failure: { kind: 'timeout' } });
    expect(testsOf(report)?.problems[0]).toBe('it was stopped: timed out after 700 ms');
  });

  it.each([
    ['is torn', '<testsuites><testsuite>', 'r.xml: this is no report as JUnit writes it'],
    ['is something else', 'hello', 'r.xml: this is no report in a known format'],
  ])('fails with the reason where a report %s', async (_, text, why) => {
    const { executor, ending } = harness({ cwd });
    await executor.submit(attempt(writing(text), { reports: [{ path: 'r.xml' }] }));
    expect(await ending()).toMatchObject({
      type: 'failed',
      failure: { message: expect.stringContaining(why) },
    });
  });

  it('leaves files alone that are no reports, and does not read them where it looks for reports', async () => {
    writeFileSync(join(cwd, 'pom.xml'), '<project/>');
    const { executor, ending } = harness({ cwd });
    await executor.submit(attempt(`touch pom.xml; ${writing(PASSES)}`));
    expect(await ending()).toMatchObject({ type: 'succeeded', tests: { problems: [] } });
    expect(readFileSync(join(cwd, 'pom.xml'), 'utf8')).toBe('<project/>');
  });

  it('fails when its reports are larger than anybody reads', async () => {
    const { executor, ending } = harness({ cwd });
    await executor.submit(attempt('head -c 17000000 /dev/zero > r.xml'));
    expect(await ending()).toMatchObject({
      failure: { message: expect.stringMatching(/^its reports are more than 200 files/) },
    });
  });

  it('keeps tests of one name in two files apart', async () => {
    const { executor, ending } = harness({ cwd });
    const two = junit('t').replace('<testcase name="fine"/>', '');
    const other = PASSES.replace('fine', 't');
    await executor.submit(attempt(`${writing(two, 'a.xml')}${writing(other, 'b.xml')}exit 1`));
    expect(testsOf(await ending())?.counts).toMatchObject({ passed: 1, failed: 1, flaky: 0 });
  });

  it('is understood by the one of two formats that tells its tests apart best', async () => {
    const json = JSON.stringify({
      ...{ numTotalTests: 1, numFailedTestSuites: 1, numRuntimeErrorTestSuites: 0 },
      testResults: [
        {
          name: `${cwd}/a.test.js`,
          status: 'failed',
          message: '',
          assertionResults: [{ ancestorTitles: [], title: 'a', status: 'failed' }],
        },
      ],
    });
    const { executor, ending } = harness({ cwd });
    const reports = [{ path: '*.xml' }, { path: 'r.json' }].map((each) => ({
      ...each,
      runner: 'jest' as const,
    }));
    await executor.submit(attempt(`${writing(junit('a'))}${writing(json, 'r.json')}exit 1`, { reports }));
    expect(testsOf(await ending())?.failed).toEqual([
      { runner: 'jest', file: 'a.test.js', suites: [], title: 'a' },
    ]);
  });
});

describe('an attempt that is to run some tests again', () => {
  const tests = [{ runner: 'unknown', suites: [], title: 'a' }];

  it('runs its whole command where nothing is known of its runner, and says so', async () => {
    const { executor, ending } = harness({ cwd });
    await executor.submit(attempt(writing(PASSES.replace('fine', 'a')), { tests }));
    expect(await ending()).toMatchObject({
      type: 'succeeded',
      tests: { rerun: { asked: 1, scope: 'whole', why: expect.any(String) } },
    });
  });

  it('gets the command of its runner', async () => {
    const { executor, ending } = harness({ cwd });
    const script = join(cwd, 'mocha');
    writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$@" > args\n${writing(PASSES.replace('fine', 'a'))}`, {
      mode: 0o755,
    });
    await executor.submit(attempt(`${script} -g old`, { tests: [{ ...tests[0]!, runner: 'mocha' }] }));
    // The report of a stand-in says of no runner whose it is.
    await ending();
    expect(readFileSync(join(cwd, 'args'), 'utf8')).toBe('--grep\n^a$\n--fail-zero\n');
  });

  it('gets a list of tests where its runner reads one, which is gone afterwards', async () => {
    const { dir, executor, ending } = harness({ cwd });
    const script = join(cwd, 'playwright');
    writeFileSync(script, `#!/bin/sh\nfor last; do :; done\ncp "$last" listed\n`, { mode: 0o755 });
    const asked = [{ runner: 'playwright', suites: [], title: 't', address: 'a.spec.ts › t' }];
    await executor.submit(attempt(`${script} test`, { tests: asked }));
    await ending();
    expect(readFileSync(join(cwd, 'listed'), 'utf8')).toBe('a.spec.ts › t\n');
    expect(existsSync(join(dir, 'job/attempts/a.1.report.tests.txt'))).toBe(false);
  });

  it('runs whole where the list could not be seen from where commands are isolated', async () => {
    const { executor, ending } = harness({ cwd, isolate: 'env' });
    const asked = [{ runner: 'playwright', suites: [], title: 't', address: 'a.spec.ts › t' }];
    const script = join(cwd, 'playwright');
    writeFileSync(script, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await executor.submit(attempt(`${script} test`, { tests: asked }));
    expect(testsOf(await ending())?.rerun).toMatchObject({
      scope: 'whole',
      why: expect.stringContaining('isolated'),
    });
  });
});
