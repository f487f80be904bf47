import type { MiddlewareHandler } from 'hono';
import { isOwnHost, isOwnOrigin } from '../core/access/origin';
import { RepriseError } from '../core/errors';

/**
 * Lets through what is asked of this server by a name of its own, by a page of its own or by no page at all: requests, streams
 * of events, and whatever is upgraded to a connection alike. Nothing else of the request is looked at before.
 * @param names by which it is known, beside addresses and `localhost`.
 */
export function guarded(names: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const [host, origin] = [c.req.header('host'), c.req.header('origin')];
    if (host !== undefined && !isOwnHost(host, names)) {
      const message = `this daemon goes by another name: ask by address, or start it with --allow-host ${nameIn(host)}`;
      throw new RepriseError('FORBIDDEN', message);
    }
    if (origin !== undefined && !isOwnOrigin(origin, host)) {
      throw new RepriseError('FORBIDDEN', 'a page of another origin has no business here');
    }
    await next();
  };
}

/** As much of it as belongs into a message. */
const nameIn = (host: string): string => host.replace(/[^A-Za-z0-9.-].*$/, '').slice(0, 100);
