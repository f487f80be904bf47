import { benchClassify } from './classify';
import { benchCloudLoad } from './cloud-load';
import { benchCompile } from './compile';
import { benchConditions } from './conditions';
import { benchDispatch } from './dispatch';
import { benchDurable } from './durable';
import { benchEmbedded } from './embedded';
import { benchFleet } from './fleet';
import { benchLoad } from './load';
import { benchLocal } from './local';
import { machine } from './measure';
import { benchMemory } from './memory';
import { benchPool } from './pool';
import { benchPoolMemory } from './pool-memory';
import { benchRetries } from './retries';

/** `npm run bench -- NAME ...`; all of them when none is named. */
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
  local: benchLocal,
  dispatch: benchDispatch,
  retries: benchRetries,
  'cloud-load': benchCloudLoad,
} as const;

async function main(names: readonly string[]): Promise<void> {
  console.log(`## ${new Date().toISOString().slice(0, 10)}, ${machine()}`);
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const bench = BENCHES[name as keyof typeof BENCHES];
    if (!bench) throw new Error(`no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
    await bench();
  }
}

void main(process.argv.slice(2));
