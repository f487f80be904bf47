#!/usr/bin/env bash
# autocannon: at a steady rate, its percentiles are those of answers that nobody got
#
# Program: autocannon 8.0.0, on Node.js 20.
# With `overallRate` or `connectionRate` (`-R`, `-r`) the report allows for calls that were due while an answer was waited for. It takes
# the time between two calls of a connection to be one millisecond, whatever the rate: a rate is calls in a second, and is divided as if
# it were calls in a millisecond. So one answer after 1,000 ms is entered a thousand times, from 1,000 ms down to 1 ms. Of 200 answers, 199 at once and
# one slow one, the report says a median of half a second where it is a few milliseconds. `totalCount` gives it away.
# Mend for users: `ignoreCoordinatedOmission: true` (`--ignoreCoordinatedOmission`), or the times of the `response` events of its clients.
#
# Needs npm and bash. Fails when the behaviour below changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund autocannon@8.0.0
cat > probe.cjs <<'JS'
const http = require('node:http');
const autocannon = require('autocannon');

/** Answers at once, but for the tenth call, which takes a second. */
async function load(options) {
  let calls = 0;
  const server = http.createServer((_, res) => {
    calls += 1;
    setTimeout(() => res.end('ok'), calls === 10 ? 1000 : 0);
  });
  await new Promise((up) => server.listen(0, '127.0.0.1', up));
  const times = [];
  const { latency } = await autocannon({
    url: `http://127.0.0.1:${server.address().port}`, connections: 2, overallRate: 50, duration: 4, ...options,
    setupClient: (client) => client.on('response', (_status, _bytes, ms) => times.push(ms)),
  });
  server.close();
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  return { answers: times.length, 'entered more than once': latency.totalCount > 3 * times.length,
    'median over 100 ms': latency.p50 > 100, 'median of the answers over 100 ms': median > 100 };
}

(async () => {
  for (const options of [{}, { ignoreCoordinatedOmission: true }]) {
    const { answers, ...said } = await load(options);
    console.log(JSON.stringify(options), answers > 100 ? 'over 100 answers' : answers, JSON.stringify(said));
  }
})();
JS
seen=$(node probe.cjs)
echo "$seen"
expected='{} over 100 answers {"entered more than once":true,"median over 100 ms":true,"median of the answers over 100 ms":false}
{"ignoreCoordinatedOmission":true} over 100 answers {"entered more than once":false,"median over 100 ms":false,"median of the answers over 100 ms":false}'
[ "$seen" = "$expected" ] || { echo 'it has changed' >&2; exit 1; }
