import type { TraceResponse } from '../../contract/traces';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that says what carries an id. */
export interface TraceClient {
  /** All of it. @throws RepriseError TRACE_NOT_FOUND */
  readonly trace: (id: string) => Promise<TraceResponse>;
}

export function createTraceClient(options: ClientOptions): TraceClient {
  const ask = createClientCaller(options);
  return {
    async trace(id) {
      const path = { id };
      let { next_from: next, ...answer } = await ask('getTrace', { path });
      while (next !== undefined) {
        const page = await ask('getTrace', { path, query: { from: next } });
        next = page.next_from;
        answer = { ...page, lines: [...answer.lines, ...page.lines] };
      }
      return answer;
    },
  };
}
