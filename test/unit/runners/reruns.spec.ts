import fc from 'fast-check';
import { testName } from '../../../lib/core/history/test-key';
import type { RunnerName, TestId } from '../../../lib/core/model/test-results';
import { formatOf } from '../../../lib/reports/formats';
import { parseCommand } from '../../../lib/runners/command';
import { rerunCommand } from '../../../lib/runners/rerun';
import { runnerNamed } from '../../../lib/runners/runners';
import { readWords } from '../../../lib/runners/words';

const test = (runner: RunnerName, title: string, over: Partial<TestId> = {}): TestId => ({
  ...{ runner, suites: ['cart'], title },
  ...over,
});
const rerun = (command: string, tests: readonly TestId[], named?: RunnerName) =>
  rerunCommand({ command, tests, named }, { scratch: '/x/unit.2.report' });
const commandOf = (command: string, tests: readonly TestId[], named?: RunnerName) => {
  const how = rerun(command, tests, named);
  return how.scope === 'whole' ? `whole: ${how.why}` : how.command;
};
const last = (command: string) => readWords(command)?.at(-1)?.text ?? '';

const junit = (runner: RunnerName, cases: string, suite = '') => {
  const text = `<testsuites><testsuite name="s" ${suite}>${cases}</testsuite></testsuites>`;
  const { resultsOfCases } = runnerNamed(runner) ?? {};
  const context = { runner, cwd: '/work', ...(resultsOfCases ? { resultsOfCases } : {}) };
  return formatOf(text)?.read(text, context).results ?? [];
};
const named = (runner: RunnerName, cases: string, suite?: string) =>
  junit(runner, cases, suite).map(({ id, status }) => `${testName(id)}: ${status}`);

describe('a rerun with Jest', () => {
  const one = test('jest', 'costs $1 (net)', { file: 'a/[id].test.js' });

  it('names the tests and their files, both escaped', () => {
    expect(commandOf('npx jest --ci', [one])).toBe(
      "npx jest --ci '(^|/)a\\/\\[id\\]\\.test\\.js$' -t '^cart costs \\$1 \\(net\\)$'",
    );
  });

  it('leaves out what would leave tests out: another name, a shard, failures of before', () => {
    const command = 'jest --shard=1/3 -t other --onlyFailures --json --outputFile r.json';
    expect(commandOf(command, [test('jest', 't')])).toBe("jest --json --outputFile r.json -t '^cart t$'");
  });

  it('takes the paths of the command away only where it is sure that they are paths', () => {
    const t = [test('jest', 't', { file: 'a.test.js' })];
    expect(commandOf('jest --ci a.test.js b.test.js', t)).not.toContain('b.test.js');
    expect(commandOf('jest --unheard-of b.test.js', t)).toContain('--unheard-of b.test.js');
    expect(commandOf('jest --config b.config.js', t)).toContain('--config b.config.js');
  });

  it('goes through a script', () => {
    expect(commandOf('npm test', [test('jest', 't')])).toBe("npm test -- -t '^cart t$'");
  });

  it('is the whole command where paths mean something else', () => {
    expect(commandOf('jest --findRelatedTests a.js', [one])).toBe(
      'whole: --findRelatedTests changes what the paths of Jest mean',
    );
  });

  it('matches the names that were meant and, but for their case, no other ones', () => {
    const names = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, fc.string(), (titles, other) => {
        const tests = titles.map((title) => test('jest', title, { suites: [] }));
        const pattern = new RegExp(last(commandOf('jest', tests)), 'i');
        for (const title of titles) expect(pattern.test(title)).toBe(true);
        const isNamed = titles.some((title) => title.toLowerCase() === other.toLowerCase());
        // Letters that share a capital are one letter to a pattern that ignores case.
        if (/^[\x20-\x7e]*$/.test(other)) expect(pattern.test(other)).toBe(isNamed);
      }),
    );
  });

  it('knows tests by JUnit by their joined names, without the blank before a lone one', () => {
    const cases =
      '<testcase classname=" top" name=" top"><failure/></testcase><testcase classname="d t" name="d t"/>';
    expect(named('jest', cases)).toEqual(['top: failed', 'd t: passed']);
    const failed = junit('jest', cases).filter(({ status }) => status === 'failed');
    expect(
      last(
        commandOf(
          'jest',
          failed.map(({ id }) => id),
        ),
      ),
    ).toBe('^top$');
  });
});

describe('a rerun with Vitest', () => {
  it('names the tests, their files, and no shard', () => {
    const t = test('vitest', 'a + b', { file: 'test/a.test.ts' });
    expect(commandOf('vitest run --shard 1/2 --reporter=json --outputFile=r.json test', [t])).toBe(
      "vitest run --reporter=json --outputFile=r.json test/a.test.ts -t '^cart a \\+ b$'",
    );
  });

  it('is the whole command of what selects tests otherwise', () => {
    expect(commandOf('vitest related a.ts', [test('vitest', 't')])).toBe(
      'whole: vitest related selects tests otherwise',
    );
  });

  it('knows tests by JUnit by their file and their describes', () => {
    expect(named('vitest', '<testcase classname="a.test.ts" name="d &gt; e &gt; t"/>')).toEqual([
      'a.test.ts › d › e › t: passed',
    ]);
  });
});

describe('a rerun with Mocha', () => {
  it('names the tests, takes no other names, and fails where it runs nothing', () => {
    expect(
      commandOf('mocha -g old --reporter json test/a.js', [test('mocha', 't'), test('mocha', 'u')]),
    ).toBe("mocha --reporter json test/a.js --grep '^(?:cart t|cart u)$' --fail-zero");
  });
});

describe('a rerun with node --test', () => {
  it('names the tests and what they stand in, in front of the files', () => {
    const how = rerun('node --test --test-name-pattern=old a.test.js', [test('node-test', 'a/b')]);
    expect(how).toMatchObject({
      scope: 'files',
      command: "node '--test-name-pattern=/^cart$/' '--test-name-pattern=/^a\\/b$/' --test a.test.js",
    });
    expect(rerun('node --test', [test('node-test', 't', { suites: [] })]).scope).toBe('tests');
  });

  it('is the whole command of a script, which has no place for options of Node.js', () => {
    expect(rerun('npm test', [test('node-test', 't')])).toMatchObject({ scope: 'whole' });
  });

  it('knows by JUnit which tests their parent cancelled, and which cases are files', () => {
    const cancelled = '<testcase name="never"><failure type="cancelledByParent"/></testcase>';
    expect(named('node-test', cancelled)).toEqual(['s › never: unfinished']);
    const file = '<testsuites><testcase name="/work/a.test.js"/><testcase name="top"/></testsuites>';
    const { resultsOfCases } = runnerNamed('node-test') ?? {};
    const context = { runner: 'node-test', cwd: '/work', ...(resultsOfCases ? { resultsOfCases } : {}) };
    expect(
      formatOf(file)
        ?.read(file, context)
        .results.map(({ id }) => id.title),
    ).toEqual(['top']);
  });
});

describe('a rerun with Playwright', () => {
  const one = test('playwright', 't', {
    project: 'p',
    file: 'e2e/a.spec.ts',
    address: '[p] › a.spec.ts › cart › t',
  });

  it('lists the tests in a file, without a shard, without those that failed last, and nothing passes for want of tests', () => {
    const how = rerun('npx playwright test --shard=2/3 --last-failed --pass-with-no-tests -x --project p', [
      one,
    ]);
    expect(how).toMatchObject({
      scope: 'tests',
      command: 'npx playwright test --project p --test-list /x/unit.2.report.tests.txt',
      files: [{ path: '/x/unit.2.report.tests.txt', text: '[p] › a.spec.ts › cart › t\n' }],
    });
  });

  it('is widened where a line says less than the test', () => {
    expect(rerun('playwright test', [{ ...one, address: '[p] › a.spec.ts' }]).scope).toBe('files');
  });

  it('is the whole command where no line can say even the file', () => {
    const { address: _, ...odd } = one;
    expect(rerun('playwright test', [odd])).toMatchObject({
      scope: 'whole',
      why: 'no line of a list can name the file of t',
    });
  });

  it('knows tests by JUnit by file, names and the project, which is the name of a host', () => {
    const [result] = junit(
      'playwright',
      '<testcase classname="a.spec.ts" name="cart › t"><error/></testcase>',
      'hostname="p"',
    );
    expect(result).toMatchObject({
      status: 'failed',
      id: { project: 'p', file: 'a.spec.ts', suites: ['cart'], title: 't' },
    });
    expect(result?.id.address).toBe('[p] › a.spec.ts › cart › t');
  });

  it('is not what another command of Playwright is', () => {
    expect(rerun('playwright merge-reports', [one]).scope).toBe('whole');
  });
});

describe('a rerun with any runner', () => {
  it.each([
    ['a pipe', 'jest | tee log', [test('jest', 't')]],
    ['an unknown program', 'make test', [test('jest', 't')]],
    ['tests of several runners', 'npm test', [test('jest', 't'), test('mocha', 't')]],
    ['tests of an unknown runner, in a script', 'npm test', [{ runner: 'unknown', suites: [], title: 't' }]],
    ['a name that was cut', 'mocha', [test('mocha', 'x'.repeat(512))]],
  ])('is the whole command, with the reason, for %s', (_, command, tests) => {
    expect(rerun(command, tests)).toEqual({ scope: 'whole', why: expect.any(String) });
  });

  it('is made as its node names it, whatever the command looks like', () => {
    expect(commandOf('./run-tests', [test('mocha', 't')], 'mocha')).toBe(
      "./run-tests --grep '^cart t$' --fail-zero",
    );
  });

  it.each([['jest --bail'], ['mocha -b'], ['vitest run --bail=1']])(
    'is the whole command for %s, as no report names the tests that were left out behind the failure',
    (command) => {
      const runner = command.split(' ')[0] as RunnerName;
      expect(rerun(command, [test(runner, 't')])).toEqual({
        scope: 'whole',
        why: expect.stringContaining('not every test has run'),
      });
    },
  );

  it('is a command that is read as plain words again', () => {
    const titles = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 });
    const base = { jest: 'jest', vitest: 'vitest run', mocha: 'mocha', 'node-test': 'node --test' } as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(base) as (keyof typeof base)[])),
        titles,
        (runner, names) => {
          const how = rerun(
            base[runner],
            names.map((title) => test(runner, title.replaceAll('\0', ''))),
          );
          expect(how.scope === 'whole' || parseCommand(how.command) !== undefined).toBe(true);
        },
      ),
    );
  });
});
