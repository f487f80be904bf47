import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Layout } from '../adapters/embedded/disk/layout';
import { RepriseError } from '../core/errors';

const addressSchema = z.object({ url: z.url(), token: z.string().min(1), pid: z.number() });

/** Where a daemon listens, and what it wants to see. */
export type Address = z.infer<typeof addressSchema>;

export const newToken = (): string => randomBytes(32).toString('base64url');

/** Says where this process listens, to its own user only. The result takes it back. */
export function writeAddress(layout: Layout, address: Address): () => void {
  const path = addressPath(layout);
  const draft = `${path}.${address.pid}.tmp`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(address, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
  return () => rmSync(path, { force: true });
}

/** @throws RepriseError INPUT_INVALID when no daemon has said where it is. */
export function readAddress(layout: Layout): Address {
  try {
    return addressSchema.parse(JSON.parse(readFileSync(addressPath(layout), 'utf8')));
  } catch (cause) {
    throw noDaemon(layout, cause);
  }
}

export function noDaemon(layout: Layout, cause: unknown): RepriseError {
  const message = `no daemon serves ${layout.root}: start one with \`reprise serve\`, name its directory by --journal, or a deployed engine by --api`;
  return new RepriseError('INPUT_INVALID', message, { cause });
}

function addressPath({ root }: Layout): string {
  return join(root, 'server.json');
}
