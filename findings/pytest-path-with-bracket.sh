#!/usr/bin/env bash
# pytest: a test below a path with "[" is collected and cannot be selected, and one wrong id keeps all others from running
#
# Package: pytest 9.2.0 (PyPI).
# pytest runs what is below "[id]/", a usual name of a folder for a route, and reports "[id]/test_a.py::test_a". That id could be
# expected to select the test. Seen: "path cannot contain [] parametrization", exit status 4, for the id and for the file, with
# whatever in front or quoted; only a folder above it can be given. And beside valid ids such a one, or that of a test
# that is gone, keeps all from running: exit status 4, and a report of no tests.
#
# Needs Python 3.10 or later. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pytest==9.2.0 > log 2>&1 || { cat log >&2; exit 2; }
mkdir -p 'pages/[id]'
echo 'def test_a(): pass' > 'pages/[id]/test_a.py'
echo 'def test_b(): pass' > pages/test_b.py

# expect RESULT ARGUMENTS
expect() {
  local wanted=$1 status=0
  shift
  venv/bin/pytest -q -p no:cacheprovider --rootdir=. --junitxml=r.xml "$@" > log 2>&1 || status=$?
  local got="$status $( (grep -o '<testcase [^>]*' r.xml || true) | sed 's/.* name="\([^"]*\)".*/\1/' | paste -sd,)"
  echo "pytest $*: $got"
  [ "$got" = "$wanted" ] || { echo "expected $wanted: the behaviour has changed" >&2; exit 1; }
}
expect '0 test_a,test_b' pages
expect '4 ' 'pages/[id]/test_a.py::test_a'
grep -q 'path cannot contain \[\] parametrization' log || { cat log >&2; exit 1; }
expect '4 ' 'pages/[id]/test_a.py'
expect '4 ' 'pages/[id]'
expect '4 ' 'pages/[id]/test_a.py::test_a' pages/test_b.py::test_b
expect '4 ' pages/test_b.py::test_b pages/test_b.py::test_gone
expect '0 test_b' pages/test_b.py::test_b
