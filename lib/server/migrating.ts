import type { Layout } from '../adapters/embedded/disk/layout';
import { createDirectoryMarker, DIRECTORY_MIGRATIONS, storeNameOf } from '../adapters/embedded/disk/store';
import { migrate } from '../core/migration/migrate';
import type { Clock } from '../core/model/time';

/** Brings the directory that a daemon holds to the layout of its version, and says so. @throws RepriseError STORE_NEWER */
export async function migrateHeld(
  layout: Layout,
  { clock, warn }: { readonly clock: Clock; readonly warn: (message: string) => void },
): Promise<void> {
  const held = async () => ({ release: async () => undefined });
  const marker = { ...createDirectoryMarker(layout), lock: held };
  const { from, to } = await migrate(storeNameOf(layout), {
    marker,
    migrations: DIRECTORY_MIGRATIONS,
    clock,
  });
  if (from < to) warn(`${storeNameOf(layout)} went from layout ${from} to ${to}`);
}
