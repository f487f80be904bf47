import { isAdmin } from '../core/access/scopes';
import { RepriseError } from '../core/errors';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { Quotas } from '../core/ports/quotas';
import type { Served } from './route';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What takes one of a quota of the day or the minute. @throws RepriseError QUOTA_EXCEEDED */
type Take = (owner: string, id?: string) => Promise<void>;

export interface OwnerQuota {
  readonly quotas: Quotas;
  readonly clock: Clock;
  readonly limit: number;
}

/** @param retryAfterMs when there will be room again, where that is known. */
export function quotaExceeded(message: string, retryAfterMs?: number): RepriseError {
  return new RepriseError('QUOTA_EXCEEDED', message, { context: present({ retryAfterMs }) });
}

/** Graphs that an owner brings for the first time, in a day of UTC. */
export function graphsPerDay(quota: OwnerQuota): Take {
  return windowed(quota, { name: 'graphs', ms: DAY_MS, means: 'new graphs a day' });
}

/** Graphs of an owner that get state machines of their own, in a day of UTC. */
export function machinesPerDay(quota: OwnerQuota): Take {
  return windowed(quota, { name: 'machines', ms: DAY_MS, means: 'graphs with machines of their own a day' });
}

/** A route that an owner may call so many times a minute, all such routes counted together. Administrators always may. */
export function rationed(quota: OwnerQuota, { route, handle }: Served): Served {
  const take = windowed(quota, { name: 'requests', ms: MINUTE_MS, means: 'requests a minute' });
  return {
    route,
    async handle(request) {
      const { caller } = request;
      if (!isAdmin(caller)) await take(caller.subject);
      return handle(request);
    },
  };
}

interface Window {
  readonly name: string;
  readonly ms: number;
  readonly means: string;
}

function windowed({ quotas, clock, limit }: OwnerQuota, { name, ms, means }: Window): Take {
  return async (owner, id) => {
    const now = clock();
    const window = Math.floor(now / ms);
    const end = (window + 1) * ms;
    const use = { owner, what: `${name}/${window}`, limit, until: end + ms, ...present({ id }) };
    if (await quotas.take(use)) return;
    throw quotaExceeded(`${owner} has used all of ${limit} ${means}`, end - now);
  };
}
