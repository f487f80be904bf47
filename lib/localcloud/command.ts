import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { PRIVATE_FILE } from '../adapters/embedded/disk/privacy';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Everything the command prints is appended here as well. */
  readonly logFile?: string;
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** Exit status; undefined when the program does not exist or was ended by a signal. */
  readonly status: number | undefined;
  /** Standard output and standard error, mixed. */
  readonly output: string;
}

/** Runs a program to its end, without a shell. Never throws: a program that does not exist has no status. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const log =
    options.logFile === undefined
      ? undefined
      : createWriteStream(options.logFile, { flags: 'a', mode: PRIVATE_FILE });
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      log?.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const end = (status: number | undefined) => {
      log?.end();
      resolve({ status, output });
    };
    child.on('error', () => end(undefined));
    child.on('close', (code) => end(code ?? undefined));
  });
}
