import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '../../../lib/api/operations';
import { PLACES } from '../../../lib/client/operations';
import { temporaryDir } from '../../support/e2e-files';

const read = (path: string) => readFileSync(path, 'utf8');

describe('the operations of the client', () => {
  it('are made of the document, all of them (npm run client)', () => {
    const made = join(temporaryDir(), 'operations.ts');
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/client.ts', made]);
    expect(read('lib/client/operations.ts')).toBe(read(made));
    expect(Object.keys(PLACES).sort()).toEqual(Object.keys(OPERATIONS).sort());
  });
});
