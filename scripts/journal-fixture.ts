import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { version } from '../package.json';
import {
  JOURNALS,
  journalsOfToday,
  packed,
  readFixture,
  statesOf,
  versionedShapes,
  type WrittenWorld,
} from '../test/support/journals';

/**
 * Keeps what this version of Reprise journals, for the versions after it, and what journals of every version are folded to
 * today: docs/journal.md. What a released version wrote stays, as the next one has a folder of its own.
 */
async function main(): Promise<void> {
  const folder = `${JOURNALS}/${version}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/worlds.json.gz`, packed(await journalsOfToday()));
  writeJson(`${folder}/shapes.json`, versionedShapes());
  writeJson(`${folder}/states.json`, {});
  for (const each of readdirSync(JOURNALS)) {
    writeJson(`${JOURNALS}/${each}/states.json`, await statesByWorld(readFixture(each).worlds));
    console.log(`${JOURNALS}/${each}`);
  }
}

async function statesByWorld(worlds: readonly WrittenWorld[]): Promise<object> {
  const states = await Promise.all(worlds.map(async (world) => [world.name, await statesOf(world)] as const));
  return Object.fromEntries(states);
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 1)}\n`);
}

void main();
