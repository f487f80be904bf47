import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a script ended, and all that it said. */
export interface Ran {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a script to its end, and ends what it left running. */
export async function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  // A group of its own, so that what a page leaves running ends with it.
  const child = spawn('bash', ['-c', script], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'exit');
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // Nothing was left.
  }
  return { code, said };
}
