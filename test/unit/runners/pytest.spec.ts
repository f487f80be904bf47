import fc from 'fast-check';
import { readWords } from '../../../lib/runners/words';
import { commandOf, rerunOf } from '../../support/rerun-of';

const ADD = { file: 'tests/test_cart.py', suites: ['TestCart'], title: 'test_add' };
const ODD = { file: 'tests/test_cart.py', title: "test_odd[a::b 'c' $HOME]" };

const command = (text: string, ...tests: Parameters<typeof rerunOf>[2]) =>
  commandOf(rerunOf('pytest', text, tests));

describe('a rerun of pytest', () => {
  it('names tests by their node ids, quoted for the shell, in place of the paths', () => {
    expect(command('pytest -q tests --junitxml=r.xml', ADD, ODD)).toBe(
      "pytest -q --junitxml=r.xml --rootdir=. tests/test_cart.py::TestCart::test_add 'tests/test_cart.py::test_odd[a::b '\\''c'\\'' $HOME]'",
    );
  });

  it('takes no --lf, which misses subtests of unittest, and no --deselect, which matches by prefix', () => {
    expect(command('pytest', ADD)).toBe('pytest --rootdir=. tests/test_cart.py::TestCart::test_add');
  });

  it('fixes the root directory, as node ids depend on the arguments otherwise', () => {
    expect(command('pytest', ADD)).toContain('--rootdir=. ');
    expect(command('pytest --rootdir=sub', ADD)).toBe(
      'pytest --rootdir=sub sub/tests/test_cart.py::TestCart::test_add',
    );
    expect(command('pytest -c sub/pytest.ini', ADD)).toBe(
      'pytest -c sub/pytest.ini sub/tests/test_cart.py::TestCart::test_add',
    );
  });

  it('keeps other filters, and the interpreter in front', () => {
    expect(command("CI=1 python -m pytest -vx0 -k 'not slow' -n4 -m unit", ADD)).toBe(
      "CI=1 python -m pytest -vx0 -k 'not slow' -n4 -m unit --rootdir=. tests/test_cart.py::TestCart::test_add",
    );
  });

  it('writes a path that pytest would take for an option or a file of arguments from here', () => {
    const odd = { file: '@odd/test_a.py', title: 'test_a' };
    expect(command('pytest', odd)).toBe('pytest --rootdir=. ./@odd/test_a.py::test_a');
  });

  it('runs the file where a name may have been cut', () => {
    const long = { file: 'test_a.py', title: `test_a[${'x'.repeat(600)}`.slice(0, 512) };
    expect(rerunOf('pytest', 'pytest', [long])).toMatchObject({
      scope: 'files',
      command: 'pytest --rootdir=. test_a.py',
    });
  });

  it.each([
    ['pytest -x', 'with -x not every test has run'],
    ['pytest --maxfail=2', 'with --maxfail=2 not every test has run'],
    ['pytest --lf', 'with --lf not every test has run'],
    ['pytest --pyargs shop', '--pyargs changes what the arguments of pytest mean'],
    ['pytest @arguments', 'which tests @arguments asks for is not known'],
    ['pytest --new-option tests', 'tests may be a path, or belong to the option before it'],
    ['pytest -- tests', 'behind -- pytest takes no options'],
    ['pytest $MORE', 'what $MORE holds is not known'],
    ['npm test', 'a script hides the arguments of pytest'],
    ['pytest other', "the report's files are not relative to the working directory"],
  ])('runs %s as it is', (text, why) => {
    expect(rerunOf('pytest', text, [ADD])).toEqual({ scope: 'whole', why: expect.stringContaining(why) });
  });

  it('runs all where a file is not known, or has a bracket in its path', () => {
    expect(command('pytest', { title: 'test_a' })).toContain('names no file of a test');
    expect(command('pytest', { file: '[id]/test_a.py', title: 'test_a' })).toBe(
      'pytest takes no path with a bracket: [id]/test_a.py',
    );
  });
});

describe('the command of a rerun of pytest', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
    .filter((text) => !text.includes('\0'));

  it('holds the node id of each test as one word, whatever is in its name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), (titles) => {
        const tests = titles.map((title) => ({ file: 'tests/test_a.py', suites: ['TestA'], title }));
        const words = readWords(command('pytest -q tests', ...tests)) ?? [];
        expect(words.slice(3).map(({ text }) => text)).toEqual(
          titles.map((title) => `tests/test_a.py::TestA::${title}`),
        );
      }),
    );
  });
});
