import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeReruns, type RerunCase } from '../support/rerun-cases';
import { suiteOf } from '../support/suites';

/** By `npm run runners:heavy`; what they need, and how they ended last, stands in docs/test-reports.md. */
const CART = 'example.com/shop/cart';
const PRICES = [
  '$HOME_`x`_"q"_\'q\'',
  '#00',
  '#01',
  '^x$',
  'a.b(c)[d]*$',
  'a/b',
  'a|b',
  'back\\slash',
  'one',
  'one#01',
  'two_words',
  'Ü',
];

const GO: Omit<RerunCase, 'command'> = {
  runner: 'gotestsum',
  report: 'JUnit',
  failing: [
    `${CART} › TestAdds`,
    `${CART} › TestNested`,
    `${CART} › TestNested/outer`,
    `${CART} › TestNested/outer/inner`,
    `${CART} › TestPrices`,
    ...PRICES.map((name) => `${CART} › TestPrices/${name}`),
  ].sort(),
  gone: { suites: [CART], title: 'TestGone' },
  notes: ['adds', 'inner', ...PRICES.map((_, i) => `price ${i}`)].sort(),
};

const CASES: readonly RerunCase[] = [
  { ...GO, command: ({ report }) => `gotestsum --junitfile ${report} ./...` },
  {
    ...GO,
    command: ({ report }) => `gotestsum --junitfile=${report} -- -run . -count=1 -tags x ./cart ./till`,
  },
  {
    ...GO,
    command: ({ report }) =>
      `gotestsum --rerun-fails=1 --rerun-fails-max-failures 1 --packages=./... --junitfile ${report}`,
  },
  {
    runner: 'surefire',
    report: 'JUnit',
    command: () => 'mvn -B -q test',
    failing: [
      'shop.CartTest › adds',
      'shop.CartTest › named',
      'shop.CartTest$Inner › adds',
      'shop.PriceTest › price(String)[2]',
      'shop.PriceTest › withInfo(TestInfo)',
    ],
    gone: { suites: ['shop.CartTest'], title: 'gone', address: '.' },
    // A row cannot be selected, so all of them run.
    notes: ['adds', 'adds within', 'named', 'price odd', 'price one', 'with info'],
    scope: 'files',
  },
];

const HOMES = {
  GOPATH: goPath(),
  GOCACHE: join(process.env['HOME'] ?? '', '.cache', 'go-build'),
  MAVEN_OPTS: `-Duser.home=${process.env['HOME']}`,
};

describeReruns(
  CASES.map((one) => ({ ...one, env: () => HOMES })),
  (runner) =>
    suiteOf(runner, { isCopied: true, ...(runner === 'surefire' ? { reports: reportsOfMaven } : {}) }),
);

function goPath(): string {
  return process.env['GOPATH'] ?? join(process.env['HOME'] ?? '', 'go');
}

function reportsOfMaven(cwd: string): string[] {
  const folder = join(cwd, 'target', 'surefire-reports');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .map((name) => join(folder, name));
}
