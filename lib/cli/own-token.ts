import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { unreadable } from '../adapters/embedded/disk/file-error';
import { invalid } from './invalid';

const VARIABLE = 'REPRISE_TOKEN';

export interface TokenOptions {
  readonly token?: string;
  /** A path, `/dev/fd/N` for a descriptor that this process was started with, `-` for standard input. */
  readonly tokenFile?: string;
}

export const TOKEN_FILE_OPTION = [
  '--token-file <file>',
  'where the token is: a file, /dev/fd/N, or - for standard input; or REPRISE_TOKEN_FILE',
] as const;

let taken: string | undefined;

/**
 * Takes the token out of this process's environment and off its command line, so that no command that it starts gets it
 * or finds it in /proc. Once, before anything else.
 */
export function hideToken(argv: readonly string[]): void {
  taken = process.env[VARIABLE] ?? taken;
  delete process.env[VARIABLE];
  if (process.platform === 'linux') overwriteVariable(VARIABLE);
  const shown = argv.map((word, i) => {
    if (word.startsWith('--token=')) return '--token=***';
    return argv[i - 1] === '--token' ? '***' : word;
  });
  // Replaces the command line that `ps` shows.
  if (shown.some((word, i) => word !== argv[i])) process.title = shown.join(' ');
}

/** Whether the environment of this process says the token, or where it is. */
export function hasToken(env: Readonly<Record<string, string | undefined>>): boolean {
  return taken !== undefined || Boolean(env[VARIABLE]) || Boolean(env['REPRISE_TOKEN_FILE']);
}

/**
 * The token that this command was given, and no other.
 * @throws RepriseError INPUT_INVALID when there is none, or the file that is named holds none.
 */
export function readToken({ token, tokenFile = process.env['REPRISE_TOKEN_FILE'] }: TokenOptions): string {
  hideToken([]);
  const found = token ?? (tokenFile === undefined ? taken : tokenIn(tokenFile));
  if (found && TOKEN.test(found)) return found;
  if (found)
    throw invalid(
      `${token === undefined && tokenFile !== undefined ? tokenFile : 'what is given as the token'} holds no token: a token is one line, without blanks`,
    );
  throw invalid(
    'no token: name the file that holds it with --token-file, or set REPRISE_TOKEN; for a local deployment `reprise token --env local` makes one',
  );
}

/** What may stand in a header; anything else is a file, or a page, that was taken for a token. */
const TOKEN = /^[\x21-\x7e]+$/;

function tokenIn(file: string): string {
  const fd = file === '-' ? 0 : descriptorOf(file);
  let text: string;
  try {
    text = readFileSync(fd ?? file, 'utf8');
    // Whoever is of the same user could read it again through /proc.
    if (fd !== undefined && fd > 2) closeSync(fd);
  } catch (cause) {
    throw unreadable(`the token from ${file}`, cause);
  }
  if (text.trim() === '') throw invalid(`${file} holds no token: it is empty`);
  return text.trim();
}

/** Whether a path names a file that is still there tomorrow, and no descriptor. */
export function isKeptFile(tokenFile: string): boolean {
  return tokenFile !== '-' && descriptorOf(tokenFile) === undefined;
}

function descriptorOf(file: string): number | undefined {
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file)?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * The kernel shows the environment that a process was started with, whatever the process makes of it later: it lies in
 * the process's own memory, between two addresses of `/proc/self/stat`.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html
 */
function overwriteVariable(name: string): void {
  try {
    const environ = readFileSync('/proc/self/environ');
    const at = `\0${environ.toString('latin1')}`.indexOf(`\0${name}=`);
    if (at < 0) return;
    const start = at + name.length + 1;
    const end = environ.indexOf(0, start);
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // Field 50; the second may hold anything, parentheses too.
    const address = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[47]);
    const memory = openSync('/proc/self/mem', 'r+');
    try {
      const blank = Buffer.alloc((end < 0 ? environ.length : end) - start, '*');
      writeSync(memory, blank, 0, blank.length, address + start);
    } finally {
      closeSync(memory);
    }
  } catch {
    process.stderr.write(
      `reprise: ${name} stays visible in /proc/${process.pid}/environ to commands of the same user: give the token with --token-file\n`,
    );
  }
}
