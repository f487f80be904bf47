#!/usr/bin/env bash
# gotestsum: after os.Exit in a test its JUnit report hides that the other tests of the package never ran
#
# Tool: gotestsum 1.13.0 (Go module gotest.tools/gotestsum), with `go test` of Go 1.24 or later.
# Of three tests the second calls os.Exit(1). The report could be expected to name the package as broken, as it does for a
# panic that comes from a time limit, or for a package that is not built. Seen: it has two cases, the first passed and the
# second failed, and nothing about the third; whoever runs "the failed tests" again runs the second alone and never learns of
# the third. What tells it: the text of the failure has no line "--- FAIL:", and its time is negative zero, "-0.000000".
#
# Needs Go. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
GOBIN="$folder/bin" go install gotest.tools/gotestsum@v1.13.0 > log 2>&1 || { cat log >&2; exit 2; }
mkdir suite && cd suite
printf 'module example.com/suite\n\ngo 1.24\n' > go.mod
cat > suite_test.go <<'GO'
package suite

import (
	"os"
	"testing"
)

func TestA(t *testing.T) {}
func TestB(t *testing.T) { os.Exit(1) }
func TestC(t *testing.T) {}
func TestD(t *testing.T) { t.Fatal("no") }
GO

# cases ARGUMENTS: the cases of the report, a line each with time and failure.
cases() {
  "$folder/bin/gotestsum" --junitfile report.xml -- "$@" > log 2>&1 && return 2
  tr -d '\n\t' < report.xml | sed 's#<testcase#\n<testcase#g' | sed -n 's#.*<testcase classname="\([^"]*\)" name="\([^"]*\)" time="\([^"]*\)">\(.*\)#\1 \2 \3 \4#p' |
    sed -e 's#<failure message="Failed" type="">\(.*\)</failure>.*#failed: \1#' -e 's#</testcase>.*##'
}
got=$(cases -run 'TestA|TestB|TestC' .)
echo "$got"
[ "$(echo "$got" | wc -l)" = 2 ] && ! echo "$got" | grep -q 'TestC' || { echo "expected two cases, none of TestC: the behaviour has changed" >&2; exit 1; }
echo "$got" | grep -q '^example.com/suite TestB -0.000000 failed: === RUN   TestB&#xA;$' || { echo "expected a failure without its end: the behaviour has changed" >&2; exit 1; }
got=$(cases -run TestD .)
echo "$got"
echo "$got" | grep -q 'TestD 0.000000 failed: .*--- FAIL: TestD' || { echo "expected a failure with its end: the behaviour has changed" >&2; exit 1; }
