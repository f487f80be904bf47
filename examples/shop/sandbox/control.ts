import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EXAMPLE, jobDirectory } from '../steps/job';

const addressFile = () => join(jobDirectory(), 'payment-sandbox.url');
const TRIES = 100;
const MS_BETWEEN_TRIES = 50;

/** The address of this job's sandbox, which is started unless it runs: a resumed job may find it gone. */
export async function ensureSandbox(): Promise<string> {
  const running = await runningSandbox();
  if (running) return running;
  mkdirSync(jobDirectory(), { recursive: true });
  const log = openSync(join(jobDirectory(), 'payment-sandbox.log'), 'a');
  // On its own, so that it lives on when the node that started it is done.
  const program = join(EXAMPLE, 'sandbox/server.ts');
  const sandbox = spawn(process.execPath, ['--import', 'tsx', program, addressFile()], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  sandbox.unref();
  for (let i = 0; i < TRIES; i++) {
    await pause(MS_BETWEEN_TRIES);
    const url = await runningSandbox();
    if (url) return url;
  }
  throw new Error(`the payment sandbox did not start; see ${join(jobDirectory(), 'payment-sandbox.log')}`);
}

export async function stopSandbox(): Promise<boolean> {
  const url = await runningSandbox();
  if (!url) return false;
  return fetch(`${url}/shutdown`, { method: 'POST' }).then(
    (response) => response.ok,
    () => false,
  );
}

async function runningSandbox(): Promise<string | undefined> {
  try {
    const url = readFileSync(addressFile(), 'utf8');
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) });
    return response.ok ? url : undefined;
  } catch {
    return undefined;
  }
}
