#!/usr/bin/env bash
# undici: a refused connection and a bad argument are the same error to whoever reads name and message
#
# Package: undici 7.30.2 (npm), the fetch of Node.js.
# A TypeError reads as a mistake in the program. Seen: a connection that is refused and one that the server
# drops are each `TypeError: fetch failed`, as the Fetch standard asks for; ECONNREFUSED and the like
# are in `cause` only, which a log that prints `${error}` does not have. A mistake in the program (no URL) is a
# TypeError as well. What classifies by the name of the error takes every network failure of fetch for a fault of the code.
#
# Needs Node.js 20 or later and npm. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact undici@7.30.2 > log 2>&1 || { cat log >&2; exit 2; }
cat > ask.cjs <<'JS'
const { createServer } = require('node:net');
const { fetch } = require('undici');

/** What a log shows of the error, and what it does not. */
async function seen(url) {
  const error = await fetch(url).then(() => undefined, (reason) => reason);
  return `${error} | cause: ${error.cause?.code}`;
}

const dropping = createServer((socket) => socket.on('data', () => socket.destroy()));
dropping.listen(0, '127.0.0.1', async () => {
  const { port } = dropping.address();
  console.log('dropped:', await seen(`http://127.0.0.1:${port}/`));
  dropping.close(async () => {
    console.log('refused:', await seen(`http://127.0.0.1:${port}/`));
    console.log('mistake:', await seen('no url'));
  });
});
JS
output=$(node ask.cjs)
echo "$output"
expected='dropped: TypeError: fetch failed | cause: UND_ERR_SOCKET
refused: TypeError: fetch failed | cause: ECONNREFUSED
mistake: TypeError: Failed to parse URL from no url | cause: ERR_INVALID_URL'
[ "$output" = "$expected" ] || { echo 'this has changed' >&2; exit 1; }
