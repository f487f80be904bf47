import { runCommand } from './command';
import { localCloudError } from './problem';

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** Prints `ok` only where a virtual environment can be made; Debian ships Python without `ensurepip`. */
const PROBE = 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print("ok")';

/** Looks a command up; replaced in tests. */
export type Probe = (program: string) => Promise<boolean>;

const canMakeVenv: Probe = async (program) => {
  const { status, output } = await runCommand(program, ['-c', PROBE]);
  return status === 0 && output.trim() === 'ok';
};

/**
 * A Python that can make virtual environments.
 * @throws RepriseError LOCAL_CLOUD with the command that installs one.
 */
export async function findPython(probe: Probe = canMakeVenv): Promise<string> {
  for (const candidate of CANDIDATES) if (await probe(candidate)) return candidate;
  throw localCloudError(
    'the local cloud needs Python 3.10 or newer with the venv module, and none was found. Install it:\n' +
      '  Debian, Ubuntu:  sudo apt-get install -y python3 python3-venv\n' +
      '  Fedora, RHEL:    sudo dnf install -y python3\n' +
      '  macOS:           brew install python@3.12\n' +
      'or start a local cloud yourself (docker compose up -d) and set AWS_ENDPOINT_URL=http://127.0.0.1:4566',
  );
}
