import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import {
  capacityMetricsBody,
  executionMetricsBody,
  failureAnalysisBody,
  performanceDataBody,
} from '../../lib/contract/reporting';

const SUBMISSIONS: Readonly<Record<string, z.ZodType>> = {
  '/execution-metrics': executionMetricsBody,
  '/performance-data': performanceDataBody,
  '/failure-analyses': failureAnalysisBody,
  '/capacity-metrics': capacityMetricsBody,
};

/** A reporting system that takes what the contract has, and refuses all else. */
export interface ReportingServer {
  readonly url: string;
  /** What was submitted, by path and key; a repetition is not there twice. */
  readonly taken: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** All calls, as `METHOD path?query`. */
  readonly calls: readonly string[];
  /** The headers of the latest call. */
  readonly headers: () => IncomingMessage['headers'];
  /** What `GET path` answers. */
  readonly says: Map<string, unknown>;
  /** Answers the next calls so, one each. */
  readonly next: number[];
  readonly close: () => Promise<void>;
}

export async function reportingServer(): Promise<ReportingServer> {
  const taken = new Map<string, Record<string, unknown>>();
  const calls: string[] = [];
  const says = new Map<string, unknown>();
  const next: number[] = [];
  let headers: IncomingMessage['headers'] = {};

  function answer(request: IncomingMessage, text: string): [status: number, body: unknown] {
    const forced = next.shift();
    if (forced !== undefined) return [forced, { code: 'FORBIDDEN', detail: 'scripted' }];
    const { pathname } = new URL(request.url ?? '', 'http://here');
    if (request.method === 'GET') return says.has(pathname) ? [200, says.get(pathname)] : [404, {}];
    const parsed = SUBMISSIONS[pathname]?.safeParse(JSON.parse(text));
    const body = parsed?.data as Record<string, unknown> | undefined;
    if (!body) return [400, { code: 'INPUT_INVALID', detail: String(parsed?.error) }];
    const key = request.headers['idempotency-key'];
    if (key !== body['report_id']) return [400, { code: 'INPUT_INVALID', detail: 'no key' }];
    // What its schema does not know it has dropped: nothing is to be lost.
    if (JSON.stringify(Object.keys(JSON.parse(text)).sort()) !== JSON.stringify(Object.keys(body).sort())) {
      return [400, { code: 'INPUT_INVALID', detail: 'unknown members' }];
    }
    taken.set(`${pathname} ${key}`, body);
    return [202, {}];
  }

  const server = createServer(async (request, response) => {
    headers = request.headers;
    calls.push(`${request.method} ${request.url}`);
    let text = '';
    for await (const chunk of request) text += chunk;
    const [status, body] = answer(request, text);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((up) => void server.listen(0, '127.0.0.1', () => up()));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken, calls, says, next },
    headers: () => headers,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => void server.close(() => closed()));
    },
  };
}
