import { readFileSync, writeFileSync } from 'node:fs';
import { clientSource } from './client-source';

/** Keeps the types and places of the operations that clients call, of docs/openapi.json; in another file where one is named. */
async function main([file = 'lib/client/operations.ts']: readonly string[]) {
  writeFileSync(file, await clientSource(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))));
}

void main(process.argv.slice(2));
