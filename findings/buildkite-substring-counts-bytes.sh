#!/usr/bin/env bash
# buildkite/interpolate: ${NAME:offset:length} of a pipeline cuts characters in two
#
# Module: github.com/buildkite/interpolate 0.1.5 (Go), which puts variables into pipelines when `buildkite-agent pipeline upload`
# reads them. Its README calls the form a substring, as the shell has it, whose expansions it implements. bash counts
# characters. Seen: it counts bytes, so that `${BUILDKITE_MESSAGE:0:4}` of "café au lait" ends in half of the last character,
# which is no UTF-8; the same text in a script that bash runs is "café". Letters of ASCII hide it.
#
# Needs Go 1.22 or later, bash, and a locale C.UTF-8. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/buildkite/interpolate"
)

func main() {
	env := interpolate.NewMapEnv(map[string]string{"M": os.Args[1]})
	text, err := interpolate.Interpolate(env, "${M:0:4}")
	if err != nil {
		panic(err)
	}
	fmt.Print(text)
}
GO
printf 'module example.com/cut\n\ngo 1.22\n' > go.mod
export GOFLAGS=-mod=mod
{ go get github.com/buildkite/interpolate@v0.1.5 && go build -o cut .; } > log 2>&1 || { cat log >&2; exit 2; }

bytes() { od -An -tx1 | tr -d ' \n'; }
agent=$(./cut 'café au lait' | bytes)
shell=$(M='café au lait' LC_ALL=C.UTF-8 bash -c 'printf %s "${M:0:4}"' | bytes)
ascii=$(./cut 'cafe au lait')
echo "interpolate: $agent, bash: $shell, of ASCII: $ascii"
[ "$agent" = 636166c3 ] || { echo "expected the first byte of é alone: the behaviour has changed" >&2; exit 1; }
[ "$shell" = 636166c3a9 ] || { echo "expected all of é from bash: the behaviour has changed" >&2; exit 1; }
[ "$ascii" = cafe ] || { echo "expected four letters: the behaviour has changed" >&2; exit 1; }
