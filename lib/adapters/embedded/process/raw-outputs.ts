import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AttemptFiles } from '../disk/attempt-files';
import { PRIVATE_FILE } from '../disk/privacy';
import { createFinder, createMasker } from './masker';
import { secretForms } from './secret-forms';

/** Past this nobody reads outputs. */
const MOST_BYTES = 1024 * 1024;

/**
 * Ends the life of the file to which a command with secrets wrote its outputs. Its guard has masked them by then, or was
 * killed with the command: then they are masked here, or, where nobody knows the secrets any more, lost.
 */
export function settleOutputs(files: AttemptFiles, secrets: readonly string[] | undefined): void {
  // Known to have none.
  if (secrets?.length === 0) return;
  const stat = lstatSync(files.raw, { throwIfNoEntry: false });
  if (!stat) return;
  if (secrets && stat.isFile() && stat.size > 0) {
    writeFileSync(files.outputs, masked(readFileSync(files.raw).subarray(0, MOST_BYTES), secrets), {
      mode: PRIVATE_FILE,
    });
  }
  rmSync(files.raw, { recursive: true, force: true });
}

/** With what must not be seen replaced by `***`. */
export function masked(bytes: Buffer, secrets: readonly string[]): Buffer {
  const masker = createMasker(createFinder(secrets.flatMap(secretForms)));
  return Buffer.concat([masker.write(bytes), masker.end()]);
}
