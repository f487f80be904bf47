import { describeReruns, type RerunCase } from '../support/rerun-cases';
import type { Suite } from '../support/suites';

const JUNIT = (suite: Suite) => `--test-reporter=junit --test-reporter-destination=${suite.report}`;

const CASES: readonly RerunCase[] = [
  {
    runner: 'jest',
    report: 'JSON',
    command: (suite) => `jest --ci --json --outputFile=${suite.report}`,
    failing: [
      '[id].check.js › of an odd file',
      'cart.check.js › cart (new) › adds $ 1 [a|b]',
      'cart.check.js › top',
    ],
    notes: ['flaky', 'odd', 'top'],
  },
  {
    runner: 'jest',
    report: 'JUnit',
    command: () => 'jest --ci --reporters=jest-junit',
    env: (suite) => ({ JEST_JUNIT_OUTPUT_FILE: suite.report }),
    failing: ['cart (new) adds $ 1 [a|b]', 'of an odd file', 'top'],
    notes: ['flaky', 'odd', 'top'],
  },
  {
    runner: 'vitest',
    report: 'JSON',
    command: (suite) => `npx --no vitest run --reporter=json --outputFile=${suite.report} cart`,
    failing: ['cart.check.mjs › cart (new) › inner › adds $ 1 [a|b]', 'cart.check.mjs › top'],
    notes: ['flaky', 'top'],
  },
  {
    runner: 'vitest',
    report: 'JUnit',
    command: (suite) => `vitest run --reporter=junit --outputFile=${suite.report}`,
    failing: ['cart.check.mjs › cart (new) › inner › adds $ 1 [a|b]', 'cart.check.mjs › top'],
    notes: ['flaky', 'top'],
  },
  {
    runner: 'mocha',
    report: 'JSON',
    command: (suite) => `mocha --reporter json --reporter-option output=${suite.report} cart.check.cjs`,
    failing: ['cart.check.cjs › cart (new) › adds $ 1 [a|b]', 'cart.check.cjs › top'],
    notes: ['flaky', 'top'],
  },
  {
    runner: 'node-test',
    report: 'JUnit',
    command: (suite) => `node --test ${JUNIT(suite)} cart.check.cjs`,
    failing: ['cart (new) › inner › adds $ 1 [a|b]/', 'outer › within'],
    // Its describes cannot be told from tests with tests in them, so all of a describe runs.
    notes: ['flaky', 'stable', 'top'],
    scope: 'files',
  },
  {
    runner: 'playwright',
    report: 'JSON',
    command: () => 'playwright test',
    env: (suite) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: suite.report }),
    failing: [
      '[one] tests/cart.check.cjs › cart › adds a > b',
      '[two words] tests/cart.check.cjs › one › two',
    ],
    // The title with the sign of the list cannot be listed: its file runs, in its project.
    notes: ['flaky', 'stable two words', 'top'],
    scope: 'files',
  },
  {
    runner: 'cucumber',
    report: 'messages',
    command: (suite) => `cucumber-js --format message:${suite.report} --parallel 2 features`,
    failing: [
      'features/cart.feature › Cart › a rule › adds',
      'features/cart.feature › Cart › a rule › odd (name) [x] * ? $HOME "q" \'q\' | a/b:12',
      'features/cart.feature › Cart › adds',
      'features/cart.feature › Cart › adds (2)',
      'features/cart.feature › Cart › costs <price> › #1.2',
      'features/cart.feature › Cart › costs <price> › #2.1',
      'features/odd [dir]/a (file).feature › Odd › adds',
    ],
    gone: { file: 'features/cart.feature', address: 'features/cart.feature:999' },
    // Brackets in a path go with no line, so its file runs.
    notes: ['adds', 'adds again', 'adds by a rule', 'adds in an odd file', 'odd', 'removes', 'three', 'two'],
    scope: 'files',
  },
];

describeReruns(CASES);
