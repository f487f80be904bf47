import { pythonRunners } from '../support/python';
import { describeReruns, type RerunCase } from '../support/rerun-cases';
import { suiteOf } from '../support/suites';

const PYTEST = 'tests/test_cart.py';
const ODD = [
  ...['$HOME `x`', '-k', ' in blanks ', '@file', '\\xfcn\\xef', 'a b', 'a\'b"c', 'a::b', 'a[b]'],
  ...['back\\\\slash', 'new\\nline', 'tab\\there', 'x/y', ''],
];
const FAILING = [
  '@odd/test_a file.py › test_add',
  `${PYTEST} › Case › test_parts`,
  `${PYTEST} › TestCart › TestInner › test_add`,
  `${PYTEST} › TestCart › test_add`,
  `${PYTEST} › test_add`,
  ...ODD.map((name) => `${PYTEST} › test_odd[${name}]`),
  `${PYTEST} › test_price[2]`,
  `${PYTEST} › test_with_cart`,
].sort();

/** What the tests above note of themselves. */
const NOTES = [
  ...['add', 'add in an odd file', 'add of a class', 'add of a class within', 'parts', 'price 2', 'teardown'],
  ...ODD.map((_, index) => `odd ${index}`),
].sort();

const ROBOT = [
  'Suites › Cart › --test',
  'Suites › Cart › Adds',
  'Suites › Cart › Dots. In. A Name',
  'Suites › Cart › Price [1]',
  'Suites › Cart › What? *All* Of It',
  'Suites › Cart › Ünïcode "quotes" \'single\' $HOME `x` a/b',
  'Suites › Inner › Other Cart › Removes',
];

const ROBOT_FILES = ROBOT.map((name) =>
  name.includes('Inner') ? `suites/inner/01__other_cart.robot › ${name}` : `suites/cart.robot › ${name}`,
);

const ROBOT_NOTES = [
  ...['adds', 'dashes', 'dots', 'pattern', 'price in brackets', 'quotes', 'removes in another suite'],
];

const CASES: readonly RerunCase[] = [
  {
    runner: 'pytest',
    report: 'JUnit (xunit1)',
    command: ({ report }) => `pytest -vv -o junit_family=xunit1 --junitxml=${report} tests ./@odd`,
    failing: FAILING,
    notes: NOTES,
    gone: { file: PYTEST, suites: [], title: 'test_gone' },
  },
  {
    runner: 'pytest',
    report: 'JUnit (xunit2)',
    command: ({ report }) => `python -m pytest --junitxml=${report}`,
    failing: FAILING,
    notes: NOTES,
    gone: { file: PYTEST, suites: [], title: 'test_gone' },
  },
  {
    runner: 'robot',
    report: 'own',
    command: ({ report }) => `robot --output ${report} --log NONE --report NONE --test *a* --test *e* suites`,
    failing: ROBOT_FILES,
    notes: ROBOT_NOTES,
    gone: { suites: ['Suites', 'Cart'], title: 'Gone' },
  },
  {
    runner: 'robot',
    report: 'JUnit',
    command: ({ report }) => `python -m robot --output NONE --xunit ${report} suites`,
    failing: ROBOT,
    notes: ROBOT_NOTES,
    gone: { suites: ['Suites', 'Cart'], title: 'Gone' },
  },
];

let bin: string;
beforeAll(async () => {
  bin = await pythonRunners();
}, 300_000);

describeReruns(CASES, (runner) => suiteOf(runner, { bin, isCopied: true, reportName: 'report.xml' }));
