#!/usr/bin/env bash
# Cucumber for JavaScript: a path with brackets and a line runs nothing or everything, and a path that is wrong passes
#
# Package: @cucumber/cucumber 12.9.0 (npm).
# Its `rerun` formatter writes "features/[id].feature:2" for the scenario that failed. Given back, alone or in "@rerun.txt", that
# could be expected to run it. Seen: the path is a glob, so nothing runs, "0 scenarios", exit status 0: the failure is gone. With
# the brackets escaped, "features/[[]id].feature:2", the file is found and its lines are ignored: all of it runs. A line with
# no scenario, and a file that does not exist, run nothing and pass as well. Paths of the configuration are run besides those
# of the command line, so the rerun of one scenario may run all other files.
#
# Needs Node.js 20 or later and npm. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact @cucumber/cucumber@12.9.0 > log 2>&1 || { cat log >&2; exit 2; }
mkdir features
for name in '[id]' other; do
  printf 'Feature: a\n  Scenario: fails\n    Then it fails\n  Scenario: works\n    Then it works\n' > "features/$name.feature"
done
cat > features/steps.js <<'JS'
const { Then } = require('@cucumber/cucumber');
Then('it works', () => {});
Then('it fails', () => { throw new Error('no'); });
JS

# expect RESULT ARGUMENTS
expect() {
  local wanted=$1 status=0
  shift
  npx cucumber-js --format summary "$@" > log 2>&1 || status=$?
  local got="exit $status, $(grep -o '^[0-9]* scenarios\{0,1\}' log)"
  echo "cucumber-js $*: $got"
  [ "$got" = "$wanted" ] || { echo "expected $wanted: the behaviour has changed" >&2; exit 1; }
}
expect 'exit 1, 4 scenarios' --format rerun:@rerun.txt
grep -qF 'features/[id].feature:2' @rerun.txt || { echo "expected features/[id].feature:2 in the rerun file" >&2; exit 1; }
expect 'exit 1, 1 scenario' features/other.feature:2
expect 'exit 0, 0 scenarios' 'features/[id].feature:2'
echo 'features/[id].feature:2' > @rerun.txt
expect 'exit 0, 0 scenarios' @rerun.txt
expect 'exit 1, 2 scenarios' 'features/[[]id].feature:2'
expect 'exit 0, 0 scenarios' features/other.feature:3
expect 'exit 0, 0 scenarios' features/gone.feature:2
echo 'module.exports = { default: { paths: ["features/*.feature"] } }' > cucumber.js
expect 'exit 1, 3 scenarios' features/other.feature:4
