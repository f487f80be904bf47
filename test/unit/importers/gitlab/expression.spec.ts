import { holds, type Lookup } from '../../../../lib/importers/gitlab/evaluate';
import { parseExpression } from '../../../../lib/importers/gitlab/expression';

const VARIABLES = new Map<string, string | null>([
  ['PRESENT', 'my variable'],
  ['PATH_LIKE', '/a/full/path/value'],
  ['EMPTY', ''],
  ['PATTERN', '/^my/'],
  ['UNSET', null],
]);
const lookup: Lookup = (name) => VARIABLES.get(name);
const of = (text: string) => holds(parseExpression(text), lookup);

describe('an expression of rules:if', () => {
  // The right values are those of GitLab's spec/lib/gitlab/ci/pipeline/expression/statement_spec.rb.
  it.each([
    ['$PRESENT == "my variable"', true],
    ["'my variable' == $PRESENT", true],
    ['$PRESENT == null', false],
    ['$EMPTY == null', false],
    ['"" == $EMPTY', true],
    ['$EMPTY', false],
    ['$UNSET == null', true],
    ['$UNSET', false],
    ['$PRESENT =~ /var.*e$/', true],
    ['$PRESENT =~ /^var.*/', false],
    ['$PRESENT =~ /VAR.*/i', true],
    ['$PATH_LIKE =~ /^\\/a\\/full\\/path\\/value$/', true],
    ['$EMPTY =~ /var.*/', false],
    ['$UNSET =~ /var.*/', false],
    ['$UNSET !~ /var.*/', true],
    ['$PRESENT !~ /VAR.*/i', false],
    ['$PRESENT != "my variable"', false],
    ['$EMPTY != null', true],
    ['$EMPTY && $PRESENT', true],
    ['$PRESENT && $EMPTY', false],
    ['$UNSET && $PRESENT', false],
    ['$EMPTY == "" && $PRESENT != "nope"', true],
    ['$PRESENT && null || $EMPTY == ""', true],
    ['$UNSET || $PRESENT', true],
    ['("string" || "test") == "string"', true],
    ['("string" == ("test" && "string"))', true],
    ['("string" == ("test" || "string"))', false],
    ['("string" == ("string" || (("1" == "1") && ("2" == "3"))))', true],
    ['$PRESENT =~ $PATTERN', true],
    ['"23" =~ "1234"', true],
    ['"23" =~ /1234/', false],
  ])('%s is %s, as in the specification of GitLab', (text, expected) => {
    expect(of(text)).toBe(expected);
  });

  it.each([
    ['$UNKNOWN', undefined],
    ['$UNKNOWN == "main"', undefined],
    ['$UNKNOWN == null', undefined],
    ['$UNKNOWN && $UNSET', false],
    ['$UNKNOWN || $PRESENT == "my variable"', undefined],
    ['$UNKNOWN == "main" || $PRESENT', true],
    ['$UNKNOWN == "main" && $UNSET', false],
    ['$PRESENT =~ $UNKNOWN', undefined],
    ['!$UNKNOWN', undefined],
    ['!$EMPTY', true],
  ])('%s is %s: unknown is not empty', (text, expected) => {
    expect(of(text)).toBe(expected);
  });

  it.each(['(?i)my', '\\Amy', '(a+)+$', '[[:alpha:]]', '(?=m)'])(
    'leaves the pattern %s open, which RE2 may read otherwise',
    (pattern) => {
      expect(of(`$PRESENT =~ /${pattern}/`)).toBeUndefined();
    },
  );

  it.each(['$A ==', '== "x"', '$A = 1', '($A', '$A $B', '', '"open', '$A == "x")', '&& $A'])(
    'refuses %j',
    (text) => {
      expect(() => parseExpression(text)).toThrow();
    },
  );
});
