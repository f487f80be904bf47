import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that runs a function of the local cloud. */
export interface FunctionProcess {
  readonly pid: number;
  /** As it is deployed, such as `reprise-local-engine-FunctionsJobInputs1A2B3C4D-5E6F`. */
  readonly functionName: string;
}

/** Of the local cloud with this state directory, which unpacks each function in a folder of its own. Linux. */
export function functionProcesses(stateDir: string): FunctionProcess[] {
  const place = `${stateDir}/tmp/ministack-lambda-`;
  return pids().flatMap((pid) => {
    const program = commandOf(pid).find((argument) => argument.startsWith(place));
    const functionName = program?.slice(place.length).replace(/-[^-/]*\/.*$/, '');
    return functionName === undefined ? [] : [{ pid, functionName }];
  });
}

/** Which of the processes has the near end of a connection from a local port. */
export function processAt<T extends Pick<FunctionProcess, 'pid'>>(
  port: number,
  processes: readonly T[],
): T | undefined {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inode = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, address = '']) => address.endsWith(local))?.[9];
  return inode === undefined ? undefined : processes.find(({ pid }) => holds(pid, `socket:[${inode}]`));
}

function holds(pid: number, socket: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === socket);
  } catch {
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
