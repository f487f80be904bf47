#!/usr/bin/env bash
# AWS SDK for JavaScript v3: requestTimeout does not end a request
#
# Package: @smithy/node-http-handler 4.14.2 (npm), what every client of the AWS SDK for JavaScript sends with.
# `requestTimeout: 100` reads as "no request takes longer than that". Seen: a request that takes a second goes on, is
# answered, and a warning is logged; only with `throwOnRequestTimeout: true`, which is off by default, does it fail, with
# a TimeoutError. A client that was given a timeout so that a dead socket costs little waits as long as without.
#
# Needs Node.js 20 or later and npm. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact @smithy/node-http-handler@4.14.2 > log 2>&1 || { cat log >&2; exit 2; }
cat > ask.cjs <<'JS'
const { createServer } = require('node:http');
const { NodeHttpHandler } = require('@smithy/node-http-handler');

/** Asks a server that answers after a second, with 100 ms of patience. */
async function ask(port, more) {
  const logger = { warn: () => {}, debug: () => {}, info: () => {}, error: () => {} };
  const handler = new NodeHttpHandler({ requestTimeout: 100, logger, ...more });
  const request = { protocol: 'http:', hostname: '127.0.0.1', port, method: 'GET', path: '/', headers: {} };
  try {
    return String((await handler.handle(request)).response.statusCode);
  } catch (error) {
    return error.name;
  } finally {
    handler.destroy();
  }
}

const server = createServer((_, response) => setTimeout(() => response.end('late'), 1_000));
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  console.log(await ask(port, {}), await ask(port, { throwOnRequestTimeout: true }));
  server.closeAllConnections();
  server.close();
});
JS
got=$(node ask.cjs)
echo "requestTimeout alone, and with throwOnRequestTimeout: $got"
[ "$got" = "200 TimeoutError" ] || { echo "expected 200 TimeoutError: the behaviour has changed" >&2; exit 1; }
