import { recordedReport, triesOf } from '../../support/recorded-reports';
import { commandOf, rerunOf } from '../../support/rerun-of';

const test = (suite: string, title: string, address = '.') => ({ suites: [suite], title, address });
const command = (text: string, ...tests: Parameters<typeof rerunOf>[2]) =>
  commandOf(rerunOf('surefire', text, tests));

describe('a rerun of Surefire', () => {
  it('names classes with their packages, as a bare name is looked for in all of them', () => {
    const tests = [
      test('shop.CartTest', 'adds'),
      test('shop.CartTest', 'named'),
      test('other.CartTest$Inner', 'a'),
    ];
    expect(rerunOf('surefire', 'mvn -B -Dtest=Old test', tests)).toMatchObject({
      scope: 'tests',
      command: "mvn -B test '-Dtest=shop.CartTest#adds+named,other.CartTest$Inner#a'",
    });
  });

  it('runs all rows of a method, as a name with brackets runs nothing and passes', () => {
    const tests = [
      test('A', 'price(String)[2]'),
      test('A', 'price(String)[3]'),
      test('A', 'withInfo(TestInfo)'),
    ];
    expect(rerunOf('surefire', './mvnw test', tests)).toMatchObject({
      scope: 'files',
      command: "./mvnw test '-Dtest=A#price+withInfo'",
    });
  });

  it('runs the class of a test that is no plain method: another letter is lost where the locale is C', () => {
    expect(rerunOf('surefire', 'mvn test', [test('A', 'b'), test('A', 'ünï')])).toMatchObject({
      scope: 'files',
      command: 'mvn test -Dtest=A',
    });
  });

  it.each([
    ['mvn test -pl cart', 'cart'],
    ['mvn test --projects=./cart', 'cart'],
    ['mvn -f cart/pom.xml test', 'cart'],
    ['mvn -f cart test', 'cart'],
  ])('takes %s for a build of one module', (text, module) => {
    expect(command(text, test('A', 'b', module))).toBe(`${text} '-Dtest=A#b'`);
  });

  it.each([
    ['mvn test', 'cart'],
    ['mvn test -pl cart,till', 'cart'],
    ['mvn test -pl cart -am', 'cart'],
  ])('runs %s as it is, as modules behind the first that failed may not have run', (text, module) => {
    expect(command(text, test('A', 'b', module))).toContain('Maven stops at the first module with failures');
  });

  it.each([
    ['mvn test -Dsurefire.skipAfterFailureCount=1', test('A', 'b'), 'not every test has run'],
    ['mvn verify', test('shop.CartIT', 'b'), 'shop.CartIT looks like a test of Failsafe'],
    ['mvn test', test('a phrase, not a class', 'b'), 'Surefire cannot be given the class'],
    ['mvn test', { suites: ['A'], title: 'b' }, 'does not say of which module'],
    ['mvn test $MORE', test('A', 'b'), 'what $MORE holds is not known'],
    ['npm test', test('A', 'b'), 'a script hides the arguments of Maven'],
  ])('runs %s of %j as it is', (text, one, why) => {
    expect(rerunOf('surefire', text, [one])).toEqual({ scope: 'whole', why: expect.stringContaining(why) });
  });
});

describe('reports of Surefire 3.5', () => {
  it('have failures that their own counts deny: those of a class with classes in it are 0', () => {
    const { results, problems } = recordedReport('surefire', 'suite');
    expect(triesOf({ results, problems })).toEqual({
      'shop.CartTest › adds': 'failed',
      'shop.CartTest › addsMore': 'passed',
      'shop.CartTest › isOff': 'skipped',
      'shop.CartTest › named': 'failed',
      'shop.CartTest$Inner › adds': 'failed',
      'shop.CartTest$Inner › addsMore': 'passed',
      'shop.PriceTest › other': 'passed',
      'shop.PriceTest › price(String)[1]': 'passed',
      'shop.PriceTest › price(String)[2]': 'failed',
      'shop.PriceTest › withInfo(TestInfo)': 'failed',
      'shop.other.CartTest › adds': 'passed',
    });
    expect(problems).toEqual([]);
    expect(new Set(results.map(({ id }) => id.address))).toEqual(new Set(['.']));
  });

  it('have the tries of a flaky test', () => {
    expect(triesOf(recordedReport('surefire', 'retried'))).toEqual({
      'shop.CartTest › adds': 'failed passed',
    });
  });

  it('have a problem where a class did not set up, as none of its tests is named', () => {
    expect(recordedReport('surefire', 'broken')).toEqual({
      results: [],
      problems: [expect.stringContaining('shop.BrokenTest: before all')],
    });
  });
});
