#!/usr/bin/env bash
# Powertools Tracer, AWS X-Ray SDK: a tracer that is switched off makes every promise of the process dearer
#
# Packages: @aws-lambda-powertools/tracer 2.36.0 and the aws-xray-sdk-core 3.12.0 that it requires (npm), on Node.js 20.
# A tracer with POWERTOOLS_TRACE_ENABLED=false traces nothing, and reads as free. Seen: importing it is enough for the SDK to make
# a namespace of cls-hooked, whose async hook (init, before, after, destroy) stays enabled until the process ends and is called for each
# promise of the program, although no segment is ever opened. A loop of 50,000 `await`s takes 30 ms after the import and 2.6 ms before it.
# It was told in aws/aws-xray-sdk-node #420 (2021-05), is closed, and so still.
# Mend for users who trace nothing: AWS_XRAY_MANUAL_MODE=true before the import, with which the SDK makes no hook, or no import at all.
#
# Needs Node.js 20 or later and npm. Fails when that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact @aws-lambda-powertools/tracer@2.36.0 aws-xray-sdk-core@3.12.0 > log 2>&1 || { cat log >&2; exit 2; }
cat > awaits.cjs <<'JS'
const hooks = require('node:async_hooks');

/** The callbacks of every hook that is made from here on. */
const made = [];
const { createHook } = hooks;
hooks.createHook = (callbacks) => {
  made.push(Object.keys(callbacks).join(' '));
  return createHook(callbacks);
};

const loop = async (turns) => {
  for (let turn = 0; turn < turns; turn += 1) await undefined;
};

/** How many ids Node.js gives out meanwhile: it has one for each promise only where a hook follows them. */
async function ids(work) {
  const next = () => new hooks.AsyncResource('probe').asyncId();
  const first = next();
  await work();
  return next() - first;
}

/** The least of twenty turns, milliseconds: what else the machine does only adds to some of them. */
async function leastTime() {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 20; turn += 1) {
    const begun = process.hrtime.bigint();
    await loop(50_000);
    least = Math.min(least, Number(process.hrtime.bigint() - begun) / 1e6);
  }
  return least;
}

const measure = async () => ({ followed: (await ids(() => loop(1_000))) >= 1_000, time: await leastTime() });

async function main() {
  const before = await measure();
  const { Tracer } = require('@aws-lambda-powertools/tracer');
  const tracer = new Tracer({ serviceName: 'shop' });
  const after = await measure();
  const ratio = after.time / before.time;
  console.error(`50,000 awaits before and after: ${before.time.toFixed(1)} and ${after.time.toFixed(1)} ms`);
  console.log(
    `traces ${tracer.isTracingEnabled()}; hooks [${made}]; promises followed ${before.followed} then ${after.followed};`,
    `over 1.5 times as long ${ratio > 1.5}`,
  );
}
main();
JS
export POWERTOOLS_TRACE_ENABLED=false
unset AWS_LAMBDA_FUNCTION_NAME AWS_EXECUTION_ENV LAMBDA_TASK_ROOT AWS_XRAY_MANUAL_MODE AWS_XRAY_CONTEXT_MISSING _X_AMZN_TRACE_ID
got="disabled: $(node awaits.cjs)
manual mode: $(AWS_XRAY_MANUAL_MODE=true node awaits.cjs)"
echo "$got"
expected='disabled: traces false; hooks [init before after destroy]; promises followed false then true; over 1.5 times as long true
manual mode: traces false; hooks []; promises followed false then false; over 1.5 times as long false'
[ "$got" = "$expected" ] || { echo 'this has changed' >&2; exit 1; }
