#!/usr/bin/env bash
# npm: one Ctrl-C reaches a program twice where the script shell is bash
#
# Program: npm 11.19.1, on Node.js 20.
# A terminal sends SIGINT to every program in the foreground, so a program that `npm run` or `npx` started has it already. npm
# could be expected to leave it at that. Seen: npm passes the signal on as well, to the process that it started. Where that is
# dash, which stays between the two, nobody notices. bash (/bin/sh of macOS, Fedora and others) makes room for the program, which hears
# of one Ctrl-C twice within a millisecond or two: whoever takes the second for "end at once" never ends in order. Mend: take
# what comes within half a second of the first for the same press.
#
# Needs Linux, bash, dash, Python 3, Node.js and npm. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund npm@11.19.1
cat > program.js <<'JS'
let heard = 0;
process.on('SIGINT', () => { heard += 1; });
process.stdout.write('ready\n');
setTimeout(() => { process.stdout.write(`heard ${heard}\n`); process.exit(0); }, 1500);
JS
npm pkg set scripts.program='node program.js' >/dev/null
cat > press.py <<'PY'
# Runs a program on a terminal of its own and presses Ctrl-C once, when it is ready; prints how often it heard of that.
import os, pty, re, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
said, pressed = b'', False
while True:
    try:
        text = os.read(terminal, 4096)
    except OSError:
        break
    if not text:
        break
    said += text
    if b'ready' in said and not pressed:
        time.sleep(0.3)
        os.write(terminal, b'\x03')
        pressed = True
print(re.search(rb'heard (\d)', said).group(1).decode())
PY
# most COMMAND: the most that it heard of in eight goes, as the two signals may fall together.
most() {
  local top=0 heard
  for _ in 1 2 3 4 5 6 7 8; do
    heard=$(python3 press.py "$@")
    [ "$heard" -le "$top" ] || top=$heard
    [ "$top" -lt 2 ] || break
  done
  echo "$top"
}
npm=node_modules/.bin/npm
seen="alone $(most node program.js), dash $(npm_config_script_shell=dash most $npm run -s program), bash $(npm_config_script_shell=bash most $npm run -s program)"
echo "npm $($npm --version): $seen"
[ "$seen" = 'alone 1, dash 1, bash 2' ] || { echo 'the behaviour has changed' >&2; exit 1; }
