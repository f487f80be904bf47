import { getJobRoute } from '../../lib/api/get-job';
import { createJobEngine } from '../../lib/core/engine/jobs';
import { bounded } from '../shared/bounded-engine';
import { apiHandler } from '../runtime/http';
import { graphs, snapshots } from '../shared/objects';
import { openSlots } from '../shared/pools';
import { journal, workers } from '../shared/tables';

/** Reads only: nothing is decided here, so nothing is ever performed. */
const perform = async () => {};

export const handler = apiHandler(
  getJobRoute({
    jobs: bounded(() =>
      createJobEngine({
        journal: journal(),
        snapshots: { load: (stream) => snapshots().load(stream), save: async () => {} },
        graphs: graphs(),
        clock: Date.now,
        random: Math.random,
        perform,
      }),
    ),
    slotsOf: async (pool) => openSlots(await workers().list(pool), Date.now()),
    clock: Date.now,
  }),
);
