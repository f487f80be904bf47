import type { Command } from 'commander';
import type { ClientOptions } from '../adapters/http/api-caller';
import { isRepriseError, RepriseError } from '../core/errors';
import { noDaemon, readAddress } from '../server/address';
import { JOURNAL_OPTION, layoutAt, parseUrl } from './options';
import { readToken, TOKEN_FILE_OPTION, type TokenOptions } from './own-token';
import { sayOnce } from './patience';
import { print } from './print';
import { asksEngine } from './target';

export interface ConnectOptions extends TokenOptions {
  readonly api?: string;
  /** The engine's name, where the command line gives it so. */
  readonly profile?: string;
  readonly journal: string;
}

/** A deployed engine may be starting; a daemon answers or is not there. */
const RETRY_MS = 30_000;

/** Options that say which engine a command speaks to. */
export function withConnection(command: Command): Command {
  return withApi(command, 'without it the daemon of --journal');
}

/** The same of a command that reads the history, which is in files where no engine is deployed. */
export function withHistory(command: Command): Command {
  return withApi(command, 'without it the history of --journal');
}

/** The same of a command that reads journals, which are in files where no engine is deployed. */
export function withJournals(command: Command): Command {
  return withApi(command, 'without it the files of --journal');
}

/** The same of a command about this machine, which asks an engine only where its command line names one. */
export function withNamedEngine(command: Command, otherwise: string): Command {
  return withApi(command, otherwise, { onlyNamed: true });
}

function withApi(command: Command, otherwise: string, how?: { readonly onlyNamed: boolean }): Command {
  return asksEngine(command, how)
    .option('--api <url>', `address of a deployed engine; ${otherwise}`, parseUrl('--api'))
    .option('--profile <name>', 'the engine by its name (`reprise profile`); local is this machine')
    .option(...TOKEN_FILE_OPTION)
    .option('--token <jwt>', 'the token for --api itself, which every user of this machine can see')
    .option(...JOURNAL_OPTION);
}

/** Asks the engine that the options name, by a client of a part of its API. @throws RepriseError INPUT_INVALID when there is none. */
export async function askBy<Client, T>(
  clientOf: (options: ClientOptions) => Client,
  options: ConnectOptions,
  question: (client: Client) => Promise<T>,
): Promise<T> {
  const { api } = options;
  if (api !== undefined) return askDeployed(clientOf, { ...options, api }, question);
  const layout = layoutAt(options.journal);
  const { url, token } = readAddress(layout);
  try {
    return await question(clientOf({ api: url, token }));
  } catch (error) {
    // What it left says where it was, not that it still is: another process may have its port by now.
    const isGone = isRepriseError(error, 'UPSTREAM_UNAVAILABLE') && error.context['status'] === undefined;
    throw isGone || isRepriseError(error, 'UNAUTHENTICATED') ? noDaemon(layout, error) : error;
  }
}

async function askDeployed<Client, T>(
  clientOf: (options: ClientOptions) => Client,
  options: ConnectOptions & { readonly api: string },
  question: (client: Client) => Promise<T>,
): Promise<T> {
  const { api } = options;
  const patience = { retryForMs: RETRY_MS, onRetry: sayOnce(RETRY_MS) };
  try {
    return await question(clientOf({ api, token: readToken(options), ...patience }));
  } catch (error) {
    throw isOfOthers(error) ? notAnEngine(api, error) : error;
  }
}

/** An engine says of what it does not find that it is a job, a route and so on. */
const isOfOthers = (error: unknown): error is RepriseError =>
  isRepriseError(error, 'INPUT_INVALID') && error.context['status'] === 404;

function notAnEngine(api: string, cause: RepriseError): RepriseError {
  const message = `${api} answers, and is no API of an engine: check the address, which ends with a stage on AWS (\`Url\` of the api stack; \`npm run local\` prints its own)`;
  return new RepriseError('INPUT_INVALID', message, { cause });
}

/** Prints what the engine answers to a client of a part of the API: as one JSON document, or as a person reads it. */
export const printedBy =
  <Client>(clientOf: (options: ClientOptions) => Client) =>
  async <T>(
    options: ConnectOptions & { readonly json?: boolean },
    question: (client: Client) => Promise<T>,
    render: (answer: T) => string,
  ): Promise<void> => {
    const answer = await askBy(clientOf, options, question);
    print(options, answer, () => render(answer));
  };

/** The same about a job that may have been run by no engine, but here: undefined where none has it. */
export async function askWhoHas<Client, T>(
  clientOf: (options: ClientOptions) => Client,
  options: ConnectOptions,
  question: (client: Client) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await askBy(clientOf, options, question);
  } catch (error) {
    const isOurs = isRepriseError(error, 'INPUT_INVALID') || isRepriseError(error, 'JOB_NOT_FOUND');
    if (options.api === undefined && isOurs) return undefined;
    throw error;
  }
}
