import { type Command, Option } from 'commander';
import { replaceFile } from '../adapters/embedded/disk/durable';
import { unwritable } from '../adapters/embedded/disk/file-error';
import { ensureLocalKeys, issueLocalToken } from '../adapters/http/local-issuer';
import { SCOPES } from '../core/access/scopes';
import { parseDuration } from '../core/model/duration';
import { invalid } from './invalid';
import { printDocument } from './print';

interface Options {
  readonly env: string;
  readonly subject: string;
  readonly scope: string;
  readonly ttl: number;
  readonly stateDir: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `reprise token`: a token for a deployment on this machine. */
export function registerToken(program: Command): void {
  program
    .command('token')
    .description('print a token (JWT) for a deployment on this machine')
    .requiredOption('--env <name>', 'the deployment; only `local` issues its own tokens')
    .option('--subject <name>', 'whom the token speaks for', 'me')
    .option('--scope <list>', `scopes, separated by spaces: ${KNOWN.join(', ')}`, parseScope, SCOPES.jobs)
    .addOption(
      new Option('--ttl <duration>', 'how long it is valid').argParser(parseTtl).default(TWELVE_HOURS, '12h'),
    )
    .option('--out <file>', 'write the token to this file, which only you can read, instead')
    .option('--state-dir <dir>', 'where the local deployment keeps its key', '.reprise/local')
    .option('--json', 'print one JSON document: the token, whose it is, for what, until when')
    .action(printToken);
}

const KNOWN: readonly string[] = Object.values(SCOPES);
const OF_POOL = new RegExp(`^${SCOPES.worker}:[A-Za-z0-9_-]{1,64}$`);
const TWELVE_HOURS = 12 * 3_600_000;

async function printToken({ env, subject, scope, ttl, stateDir, out, json }: Options): Promise<void> {
  if (env !== 'local') {
    throw invalid(
      `--env ${env}: only the local deployment issues its own tokens. Get one from the issuer that ${env} was deployed with (AUTH_ISSUER)`,
    );
  }
  const keys = await ensureLocalKeys(stateDir);
  const at = Date.now();
  const token = await issueLocalToken(keys, { subject, scope, ttlMs: ttl, at });
  if (out !== undefined) await writeToken(out, token);
  const document = { subject, scope, expiresAt: new Date(at + ttl).toISOString() };
  const where = out === undefined ? { token } : { file: out };
  if (json) printDocument({ ...where, ...document });
  else if (out === undefined) process.stdout.write(`${token}\n`);
}

async function writeToken(path: string, token: string): Promise<void> {
  try {
    await replaceFile(path, `${token}\n`, { durable: false });
  } catch (cause) {
    throw unwritable(`the token to ${path}`, cause);
  }
}

function parseScope(text: string): string {
  const scopes = text.split(/[\s,]+/).filter(Boolean);
  // A worker's may be for one pool.
  const unknown = scopes.find((scope) => !KNOWN.includes(scope) && !OF_POOL.test(scope));
  if (unknown !== undefined) throw invalid(`--scope: no scope ${unknown}; there are ${KNOWN.join(', ')}`);
  return scopes.join(' ');
}

function parseTtl(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000) return ms;
  throw invalid(`--ttl: write 30m, 12h or a number of seconds, at least 1s, not ${JSON.stringify(text)}`);
}
