import { writeFileSync } from 'node:fs';
import { messagesOfToday } from '../test/support/messages';

/** Keeps what this version of the engine sends and reads, for the versions after it: docs/data-model.md. */
async function main(): Promise<void> {
  const fixture = await messagesOfToday();
  const file = `test/fixtures/messages/v${fixture.version}.json`;
  writeFileSync(file, `${JSON.stringify(fixture, undefined, 1)}\n`);
  console.log(file);
}

void main();
