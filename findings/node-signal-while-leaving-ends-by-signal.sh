#!/usr/bin/env bash
# Node.js: a listener for a signal does not hold to the end: in its last milliseconds the process dies of it
#
# Program: Node.js 20.20.2.
# A program with a listener for SIGTERM or SIGINT is not ended by it. Once its `exit` event is over, Node.js gives the signals back before it is
# gone: what comes in these milliseconds (three to ten, more with a large heap) ends the process by default. A program that has done all its
# work and said so ends by a signal in place of its status, so whoever sends a signal again and again, or tells a process of a Ctrl-C
# twice, takes a clean end for a killed one. Mend for users: one signal, and then to wait; what the program wrote tells how it ended.
#
# Needs bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > child.cjs <<'JS'
process.on('SIGTERM', () => undefined);
process.on('exit', () => require('node:fs').writeSync(1, process.argv[2] === 'before' ? 'leaves' : 'left'));
if (process.argv[2] === 'before') { process.stdout.write('works'); setTimeout(() => undefined, 300); }
JS
cat > probe.cjs <<'JS'
const { spawn } = require('node:child_process');
/** Sends SIGTERM each millisecond: from the exit event on, or only while the program works. */
function told(when) {
  const child = spawn(process.execPath, ['child.cjs', when], { stdio: ['ignore', 'pipe', 'inherit'] });
  let presses;
  child.stdout.on('data', (text) => {
    if (`${text}` === 'leaves') return clearInterval(presses);
    presses ??= setInterval(() => child.kill('SIGTERM'), 1);
    if (when === 'before') setTimeout(() => clearInterval(presses), 100);
  });
  return new Promise((over) => child.on('exit', (code, signal) => { clearInterval(presses); over(signal ?? `status ${code}`); }));
}
(async () => {
  for (const when of ['before', 'after']) {
    const ends = new Set();
    for (let i = 0; i < 10; i++) ends.add(await told(when));
    console.log(`${when} the exit event: ${[...ends].sort().join(', ')}`);
  }
})();
JS
seen=$(node probe.cjs)
echo "$seen"
[[ "$seen" == $'before the exit event: status 0\nafter the exit event: '*SIGTERM* ]] || { echo 'the behaviour has changed' >&2; exit 1; }
