#!/usr/bin/env bash
# @hono/node-server: an early answer says `Connection: keep-alive`, and the connection is closed half a second later
#
# Program: @hono/node-server 2.1.9 with hono 4.13.19, on Node.js 20.
# An answer that comes before the body of its request has arrived, such as a 404 or 413, says `Connection: keep-alive`. The
# server then waits 500 ms for the rest of the body and ends the connection. The same handler on node:http keeps it, reads the rest
# and answers the next request over it. A client on a slow line that takes the header at its word sends its next request
# into a connection that ends without an answer. Mend for users: `Connection: close` with every answer that does not wait.
#
# Needs Linux, npm and bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund hono@4.13.19 @hono/node-server@2.1.9
cat > probe.mjs <<'JS'
import http from 'node:http';
import net from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** Sends half a body, the other half after the answer and a second, then a second request; tells what came. */
function talk(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ text, closed: true }));
    socket.write('POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    setTimeout(() => {
      if (socket.destroyed || socket.readableEnded) return;
      socket.write('worldGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n');
      setTimeout(() => { socket.removeAllListeners('close'); socket.destroy(); resolve({ text, closed: false }); }, 500);
    }, 1_500);
  });
}
const summary = ({ text, closed }) => ({
  answers: text.match(/HTTP\/1\.1 404/g)?.length ?? 0,
  keepAlive: /^connection: keep-alive/im.test(text),
  closed,
});
const withHono = serve({ fetch: new Hono().fetch, port: 0, hostname: '127.0.0.1' });
const plain = http.createServer((request, response) => { response.statusCode = 404; response.end('no'); request.resume(); });
await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
const [hono, node] = [summary(await talk(withHono.address().port)), summary(await talk(plain.address().port))];
console.log(JSON.stringify({ hono, node }));
process.exit(0);
JS
seen=$(node probe.mjs)
expected='{"hono":{"answers":1,"keepAlive":true,"closed":true},"node":{"answers":2,"keepAlive":true,"closed":false}}'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "the behaviour has changed: it was $expected" >&2; exit 1; }
