import { benchApi, benchApiSoak } from './api';
import { benchApiCloud } from './api-cloud';
import { benchBottlenecks } from './bottlenecks';
import { benchClassify } from './classify';
import { benchCloudLoad } from './cloud-load';
import { benchCompile } from './compile';
import { benchConditions } from './conditions';
import { benchDaemonMemory } from './daemon-memory';
import { benchDispatch } from './dispatch';
import { benchDurable } from './durable';
import { benchEmbedded } from './embedded';
import { benchEvents } from './events';
import { benchFleet } from './fleet';
import { benchHealth } from './health';
import { benchLoad } from './load';
import { benchLocal } from './local';
import { machine } from './measure';
import { benchMemory } from './memory';
import { benchPool } from './pool';
import { benchPoolMemory } from './pool-memory';
import { benchPoolQueue } from './pool-queue';
import { benchRecovery } from './recovery';
import { benchRetries } from './retries';

/** `npm run bench -- NAME ... [SEED ...]`; all of them when none is named. Seeds are for those that simulate. */
const BENCHES = {
  compile: benchCompile,
  conditions: benchConditions,
  classify: benchClassify,
  embedded: benchEmbedded,
  durable: benchDurable,
  pool: benchPool,
  fleet: benchFleet,
  load: benchLoad,
  memory: benchMemory,
  'pool-memory': benchPoolMemory,
  'daemon-memory': benchDaemonMemory,
  'pool-queue': benchPoolQueue,
  local: benchLocal,
  dispatch: benchDispatch,
  retries: benchRetries,
  health: benchHealth,
  recovery: benchRecovery,
  bottlenecks: benchBottlenecks,
  'cloud-load': benchCloudLoad,
  events: benchEvents,
  api: benchApi,
  'api-soak': benchApiSoak,
  'api-cloud': benchApiCloud,
} as const;

async function main(given: readonly string[]): Promise<void> {
  const seeds = given.filter((each) => /^\d+$/.test(each)).map(Number);
  const names = given.filter((each) => !/^\d+$/.test(each));
  console.log(`## ${new Date().toISOString().slice(0, 10)}, ${machine()}`);
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = BENCHES[name as keyof typeof BENCHES];
    if (!bench) throw new Error(`no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
    await bench(seeds);
  }
}

void main(process.argv.slice(2));
