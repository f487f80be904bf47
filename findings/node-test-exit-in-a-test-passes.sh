#!/usr/bin/env bash
# node --test: a test that calls process.exit(0) passes with all tests behind it, which nothing reports
#
# Program: node --test of Node.js 20.
# A file runs in a process of its own. When a test calls `process.exit(0)`, or code under test does, the tests of the file that
# have not been reported by then are gone: the run exits with 0, counts one pass, and the JUnit report has one test case with the
# path of the file for its name, as for a file without tests. The failing test below is nowhere. Mend for users: hold what is
# reported against the tests that there were before, and take no test case that is called like a file for a test.
#
# Needs Node.js 20 and bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > a.test.cjs <<'JS'
const assert = require('node:assert');
const { test } = require('node:test');
test('leaves', () => process.exit(0));
test('fails', () => assert.equal(1, 2));
JS
status=0
node --test --test-reporter=junit --test-reporter-destination=r.xml a.test.cjs || status=$?
cases=$(grep -o '<testcase name="[^"]*"' r.xml | sed 's#".*/#"#' | tr '\n' ' ')
seen="exit $status: ${cases}failures $(grep -c '<failure' r.xml || true)"
expected='exit 0: <testcase name="a.test.cjs" failures 0'
node --version
echo "$seen"
[ "$seen" = "$expected" ] || { echo "the behaviour has changed: it was $expected" >&2; exit 1; }
