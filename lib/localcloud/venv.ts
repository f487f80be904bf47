import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PRIVATE_DIR } from '../adapters/embedded/disk/privacy';
import { runCommand } from './command';
import { withLock } from './lock';
import { localCloudError } from './problem';
import { findPython } from './python';

/** MiniStack signs with KMS only where `cryptography` is. Both pinned to what was measured. */
const PACKAGES = ['ministack==1.5.33', 'cryptography==50.0.2'] as const;

const MARKER = 'reprise-complete';

/**
 * A virtual environment with MiniStack, made once and used by every instance. The marker is written last: one that
 * was interrupted half-way, or has other packages, is made anew.
 * @returns the program to run.
 * @throws RepriseError LOCAL_CLOUD
 */
export async function ensureVenv(venv: string, progress: (line: string) => void): Promise<string> {
  const program = join(venv, 'bin', 'ministack');
  if (isComplete(venv)) return program;
  return withLock(`${venv}.lock`, async () => {
    if (isComplete(venv)) return program;
    const python = await findPython();
    progress('installing the local cloud (once)');
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(dirname(venv), { recursive: true, mode: PRIVATE_DIR });
    await must(python, ['-m', 'venv', venv], 'cannot make a virtual environment');
    await must(
      join(venv, 'bin', 'pip'),
      ['install', '--quiet', ...PACKAGES],
      'cannot install the local cloud',
    );
    writeFileSync(join(venv, MARKER), PACKAGES.join('\n'));
    return program;
  });
}

function isComplete(venv: string): boolean {
  const marker = join(venv, MARKER);
  return (
    existsSync(marker) &&
    readFileSync(marker, 'utf8') === PACKAGES.join('\n') &&
    // The Python it was made with can have gone since; the link then leads nowhere.
    existsSync(join(venv, 'bin', 'python3')) &&
    existsSync(join(venv, 'bin', 'ministack'))
  );
}

async function must(program: string, args: readonly string[], what: string): Promise<void> {
  const { status, output } = await runCommand(program, args);
  if (status === 0) return;
  throw localCloudError(`${what} (${program} ${args.join(' ')}):\n${output.trim().slice(-2_000)}`);
}
