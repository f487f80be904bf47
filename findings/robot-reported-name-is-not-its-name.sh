#!/usr/bin/env bash
# Robot Framework: a test whose name has a variable or a backslash is not found by the name that is reported
#
# Package: robotframework 7.5 (PyPI).
# output.xml and --xunit name a test "With value" that is written "With ${NAME}", and "Back\slash" what is written "Back\\slash".
# --test with the reported name could be expected to run it. Seen: it is compared with the name as it is written. Alone that is
# exit status 252; beside another --test that matches, nothing is said: the other test runs, and the status is 0. Escaping
# for patterns does not help.
#
# Needs Python 3.8 or later. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check robotframework==7.5 > log 2>&1 || { cat log >&2; exit 2; }
cat > suite.robot <<'ROBOT'
*** Variables ***
${NAME}    value

*** Test Cases ***
With ${NAME}
    No Operation

Back\\slash
    No Operation

Plain
    No Operation
ROBOT

# expect RESULT ARGUMENTS
expect() {
  local wanted=$1 status=0
  shift
  rm -f x.xml
  venv/bin/robot --output NONE --log NONE --report NONE --xunit x.xml "$@" suite.robot > log 2>&1 || status=$?
  local got="$status $( (grep -o '<testcase [^>]*' x.xml 2> /dev/null || true) | sed 's/.*name="\([^"]*\)" time.*/\1/' | paste -sd,)"
  echo "robot $*: $got"
  [ "$got" = "$wanted" ] || { echo "expected $wanted: the behaviour has changed" >&2; exit 1; }
}
expect '0 With value,Back\slash,Plain'
expect '252 ' --test 'Suite.With value'
expect '0 Plain' --test 'Suite.With value' --test 'Suite.Back\slash' --test Suite.Plain
expect '0 With value,Back\slash' --test 'Suite.With ${NAME}' --test 'Suite.Back\\slash'
