import { limitedGraphs, type OwnedGraphs, ownedGraphs } from '../../lib/api/owned-graphs';
import { graphsPerDay, machinesPerDay, rationed } from '../../lib/api/quota';
import type { Served } from '../../lib/api/route';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { config } from './config';
import { graphs } from './objects';
import { graphOwners, quotas } from './tables';

/** What owners may have of everything, wired from the environment. */
export const ownerQuotas = once(() => readEnv('QUOTAS').QUOTAS);

const of = (limit: number) => ({ quotas: quotas(), clock: Date.now, limit });

/** A route that owners call: each of them so many times a minute. */
export const perOwner = (served: Served): Served => rationed(of(ownerQuotas().requestsPerMinute), served);

export const takeMachines = once(() => machinesPerDay(of(ownerQuotas().machinesPerDay)));

/** Graphs with those who brought them. */
export const ownGraphs = once((): OwnedGraphs => {
  const take = graphsPerDay(of(ownerQuotas().graphsPerDay));
  const owned = ownedGraphs({ graphs: graphs(), owners: graphOwners(), take, clock: Date.now });
  return limitedGraphs(owned, async () => {
    await config().refresh();
    return config().current()['retries.limits'];
  });
});
