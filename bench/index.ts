import { benchCompile } from './compile';
import { benchEmbedded } from './embedded';
import { benchFleet } from './fleet';
import { benchLocal } from './local';
import { machine } from './measure';
import { benchPool } from './pool';

/** `npm run bench -- [compile] [embedded] [pool] [local]`; all of them when none is named. */
const BENCHES = {
  compile: benchCompile,
  embedded: benchEmbedded,
  pool: benchPool,
  fleet: benchFleet,
  local: benchLocal,
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
