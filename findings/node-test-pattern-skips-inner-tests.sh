#!/usr/bin/env bash
# node --test: a test in a test cannot be selected by its name: nothing runs, and it passes
#
# Program: node --test of Node.js 20.
# `--test-name-pattern` is held against the name of each test alone. A test that another one starts (`t.test`) is never reached
# when the outer one does not match, as the body of that is skipped; a test in a `describe` is. Both look alike in JUnit: the
# outer one is a `<testsuite>`. A pattern for the failed inner test alone runs nothing and exits with 0. Mend for users: give a
# pattern for each name that the test stands in too; of a describe that is named so, all tests run.
#
# Needs Node.js 20 and bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > a.test.cjs <<'JS'
const { describe, it, test } = require('node:test');
test('outer', async (t) => { await t.test('inner', () => console.error('ran inner')); });
describe('suite', () => {
  it('inside', () => console.error('ran inside'));
  it('beside', () => console.error('ran beside'));
});
JS
ran() {
  status=0
  out=$(node --test --test-reporter=spec "$@" a.test.cjs 2>&1) || status=$?
  echo "exit $status $(grep -o 'ran [a-z]*' <<<"$out" | sort | tr '\n' ' ')"
}
seen="$(ran --test-name-pattern='/^inner$/')| $(ran --test-name-pattern='/^inside$/')| $(ran --test-name-pattern='/^outer$/' --test-name-pattern='/^inner$/')| $(ran --test-name-pattern='/^suite$/' --test-name-pattern='/^inside$/')"
expected='exit 0 | exit 0 ran inside | exit 0 ran inner | exit 0 ran beside ran inside '
node --version
echo "$seen"
[ "$seen" = "$expected" ] || { echo "the behaviour has changed: it was $expected" >&2; exit 1; }
