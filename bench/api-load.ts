import autocannon from 'autocannon';
import { ms, percentile } from './measure';

export interface Server {
  readonly url: string;
  readonly token: string;
}

/** A call, of which the subject may be another one each time. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Beside those that every call has. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly operation: string;
  readonly p50: number;
  readonly p95: number;
  /** How many answers had which status; `none` came too late or not at all. */
  readonly answers: Readonly<Record<string, number>>;
}

export interface LoadOptions {
  /** Calls a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
}

const headersOf = ({ token }: Server) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
});

/** The times of all answers, in milliseconds: autocannon's own report multiplies the slow ones, and leaves out what is refused. */
export function noteTimes(client: autocannon.Client, times: number[]): void {
  client.on('response', (_status, _bytes, ms) => times.push(ms));
}

/**
 * Makes so many calls in each second, the nth as `callOf` says. A connection waits for its answer: what was due and not sent
 * meanwhile is missing in the numbers of answers.
 */
export async function measure(
  server: Server,
  callOf: (nth: number) => Call,
  { rate, seconds, connections: most }: LoadOptions,
): Promise<Omit<Measured, 'operation'>> {
  const connections = Math.min(most, rate);
  const calls = Array.from({ length: rate * seconds + connections }, (_, nth) => callOf(nth));
  const times: number[] = [];
  let clients = 0;
  const { errors, statusCodeStats } = await autocannon({
    ...{ url: server.url, connections, overallRate: rate, duration: seconds },
    timeout: 30,
    setupClient(client) {
      const own = clients++;
      noteTimes(client, times);
      client.setRequests(calls.filter((_, nth) => nth % connections === own).map(requestOf(server)));
    },
  });
  const counts = Object.entries(statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count]);
  return {
    ...spreadOf(times),
    answers: Object.fromEntries(errors > 0 ? [...counts, ['none', errors]] : counts),
  };
}

export function spreadOf(times: readonly number[]): Pick<Measured, 'p50' | 'p95'> {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

const requestOf =
  (server: Server) =>
  ({ method, path, body, headers }: Call) => ({
    ...{
      method: method.toUpperCase() as 'GET',
      path: `${new URL(server.url).pathname.replace(/\/$/, '')}${path}`,
    },
    headers: { ...headersOf(server), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

export async function ask(server: Server, { method, path, body }: Call) {
  const init = { method, headers: headersOf(server) };
  const given = body === undefined ? init : { ...init, body: JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, given);
  // biome-ignore lint/suspicious/noExplicitAny: parts of documents that the contract describes are looked at
  return { status: response.status, body: (await response.json()) as any };
}

/** @throws Error where the answer is no success */
export async function succeed(server: Server, call: Call) {
  const { status, body } = await ask(server, call);
  if (status >= 300)
    throw new Error(`${call.method} ${call.path} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

const isSuccess = (status: string): boolean => status.startsWith('2');

/** The slowest first, and which of them no call succeeded of. */
export function tableOf(measured: readonly Measured[]): string {
  const rows = [...measured]
    .sort((a, b) => b.p95 - a.p95)
    .map(({ operation, p50, p95, answers }) => {
      const said = Object.entries(answers).map(([status, count]) => `${count} x ${status}`);
      return `| \`${operation}\` | ${ms(p50)} | ${ms(p95)} | ${said.join(', ')} |`;
    });
  const refused = measured.filter(({ answers }) => !Object.keys(answers).some(isSuccess));
  const late = measured.filter(({ p95 }) => p95 > 200);
  return [
    ...['| operation | p50 | p95 | answers |', '| --- | ---: | ---: | --- |', ...rows],
    `\n${measured.length} operations, ${late.length} of them past 200 ms; measured by refusals only: ` +
      (refused.map(({ operation }) => operation).join(', ') || 'none'),
  ].join('\n');
}
