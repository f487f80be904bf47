#!/usr/bin/env bash
# Mocha: tests behind a failed hook are in no list of the JSON report, and the counts do not know them
#
# Program: mocha 12.0.3, on Node.js 20.
# When `before` throws, the tests of its describe do not run. The `json` reporter has the hook among `failures`, and the tests
# in none of `tests`, `pending`, `passes` and `failures`; `stats.tests` counts without them, so there may be more failures than
# tests. JUnit (`xunit`) has the hook for a test case. Whoever selects the names of the failures to run them again selects the
# hook, which `--grep` matches to no test: "0 passing", exit status 0. Mend for users: a failure that is not in `tests` is no
# test; run the whole file, and give `--fail-zero`.
#
# Needs npm and bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mocha@12.0.3
cat > a.cjs <<'JS'
describe('cart', () => {
  before(() => { throw new Error('no database'); });
  it('adds', () => {});
  it('removes', () => {});
});
JS
npx mocha --reporter json --reporter-option output=r.json a.cjs >/dev/null && { echo "it passes now" >&2; exit 1; }
lists=$(node -p '
const { stats, ...lists } = JSON.parse(require("fs").readFileSync("r.json", "utf8"));
const names = Object.entries(lists).map(([list, tests]) => `${list}: ${tests.map((test) => test.fullTitle)}`);
`${stats.tests} tests, ${stats.failures} failures; ${names.join("; ")}`')
status=0
npx mocha --grep '^cart "before all" hook for "adds"$' a.cjs >/dev/null || status=$?
seen="$lists; again: exit $status"
expected='0 tests, 1 failures; tests: ; pending: ; failures: cart "before all" hook for "adds"; passes: ; again: exit 0'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "the behaviour has changed: it was $expected" >&2; exit 1; }
