#!/usr/bin/env bash
# Vitest: the whole path of a test file, absolute or not, runs files of other folders too
#
# Program: vitest 4.1.12, on Node.js 20.
# A filter is documented as a part of a path, and its source takes an absolute one for "a full file path". Of such a path, and of
# one with all folders in it, it could be expected that it selects that file. Seen: it is first made relative to the root of each
# project, and the rest is looked for anywhere: "$PWD/a.test.mjs" runs "deep/a.test.mjs" as well, and in a workspace
# "packages/shop/a.test.mjs" runs "packages/shop/deep/a.test.mjs", which contains no such path. Shards made of lists of files so
# run tests twice. Mend for users: leave the others out, with --exclude and their absolute paths.
#
# Needs npm and bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund vitest@4.1.12
mkdir -p deep packages/shop/deep
for file in a deep/a packages/shop/a packages/shop/deep/a; do
  echo "import { test } from 'vitest'; test('$file', () => {});" > "$file.test.mjs"
done

# expect FILES ARGUMENTS
expect() {
  local wanted=$1
  shift
  local got
  got=$(npx vitest list --filesOnly "$@" | sed 's/^\[[^]]*\] //' | sort | paste -sd' ')
  echo "vitest $*: $got"
  [ "$got" = "$wanted" ] || { echo "expected $wanted: the behaviour has changed" >&2; exit 1; }
}
echo "export default { test: { include: ['*.test.mjs', 'deep/*.test.mjs'] } };" > vitest.config.mjs
expect 'a.test.mjs deep/a.test.mjs' "$dir/a.test.mjs"
expect 'a.test.mjs' "$dir/a.test.mjs" --exclude="$dir/deep/a.test.mjs"
echo "export default { test: { projects: [{ root: 'packages/shop', test: { include: ['**/*.test.mjs'] } }] } };" > vitest.config.mjs
expect 'packages/shop/a.test.mjs packages/shop/deep/a.test.mjs' packages/shop/a.test.mjs
expect 'packages/shop/a.test.mjs' packages/shop/a.test.mjs --exclude="$dir/packages/shop/deep/a.test.mjs"
