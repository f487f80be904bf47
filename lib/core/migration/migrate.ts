import { RepriseError } from '../errors';
import { present } from '../model/present';
import type { Clock } from '../model/time';
import type { Migration, StoreMarker, StoreRecord } from '../ports/migration';

export interface MigrateDeps {
  readonly marker: StoreMarker;
  /** Of this version of Reprise, by version from 1 without a gap. */
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  /** Hears of each part that is done. */
  readonly onPage?: (migration: Migration, changed: number) => void;
}

/** A migration that was applied, or would be. */
export interface MigrationReport {
  readonly version: number;
  readonly name: string;
  readonly does: string;
  readonly changed: number;
  readonly examples: readonly string[];
  /** It was begun before, and went on where it had come to. */
  readonly isContinued: boolean;
}

export interface Migrated {
  readonly from: number;
  readonly to: number;
  readonly migrations: readonly MigrationReport[];
}

/** What one report names of what it changes. */
const EXAMPLES = 10;

export const NO_RECORD: StoreRecord = { version: 0, applied: [] };

/** The layout that this version of Reprise writes. */
export const newestOf = (migrations: readonly Pick<Migration, 'version'>[]): number =>
  migrations.at(-1)?.version ?? 0;

/** @throws RepriseError STORE_NEWER where a later version of Reprise has been here. */
export function assertKnown(store: string, record: StoreRecord, newest: number): void {
  const found = Math.max(record.version, record.underWay?.version ?? 0);
  if (found <= newest) return;
  throw new RepriseError(
    'STORE_NEWER',
    `${store} has layout ${found}, and this version of Reprise knows layouts up to ${newest}: update Reprise, or use another store. It is left as it is`,
    { context: { found, newest } },
  );
}

/** The migrations that a store lacks, in their order. */
function pendingOf(record: StoreRecord, migrations: readonly Migration[]): readonly Migration[] {
  return migrations.filter(({ version }) => version > record.version);
}

/**
 * Brings a store to the newest layout. Every part is followed by a record of how far it came, so that a run which died
 * anywhere is gone on with by the next; a part whose record is missing runs again, and changes nothing more.
 * @param store what messages call it.
 * @throws RepriseError STORE_NEWER, JOB_LOCKED
 */
export async function migrate(store: string, deps: MigrateDeps): Promise<Migrated> {
  const { marker, migrations } = deps;
  assertKnown(store, await marker.read(), newestOf(migrations));
  const lock = await marker.lock();
  try {
    // Another run may have been at it until a moment ago.
    let record = await marker.read();
    assertKnown(store, record, newestOf(migrations));
    const from = record.version;
    const reports: MigrationReport[] = [];
    for (const migration of pendingOf(record, migrations)) {
      const [after, report] = await apply(deps, record, migration);
      record = after;
      reports.push(report);
    }
    return { from, to: record.version, migrations: reports };
  } finally {
    await lock.release();
  }
}

async function apply(
  { marker, clock, onPage }: MigrateDeps,
  record: StoreRecord,
  migration: Migration,
): Promise<[StoreRecord, MigrationReport]> {
  const { version, name, does } = migration;
  const { underWay, ...rest } = record;
  const begun = underWay?.version === version ? underWay : undefined;
  let [cursor, changed] = [begun?.cursor, begun?.changed ?? 0];
  const examples: string[] = [];
  if (!begun) await marker.write({ ...rest, underWay: { version, changed: 0 } });
  for (;;) {
    const page = await migration.page(cursor, { dryRun: false });
    changed += page.changed;
    examples.push(...page.examples.slice(0, EXAMPLES - examples.length));
    onPage?.(migration, changed);
    if (page.next === undefined) break;
    cursor = page.next;
    await marker.write({ ...rest, underWay: { version, cursor, changed } });
  }
  const applied = [...record.applied, { version, name, at: clock(), changed }];
  const after: StoreRecord = { version, applied };
  await marker.write(after);
  return [after, { version, name, does, changed, examples, isContinued: begun !== undefined }];
}

/** What `migrate` would do, as the store stands; it takes no lock, and changes nothing. @throws RepriseError STORE_NEWER */
export async function previewMigration(
  store: string,
  { marker, migrations }: Pick<MigrateDeps, 'marker' | 'migrations'>,
): Promise<Migrated> {
  const record = await marker.read();
  assertKnown(store, record, newestOf(migrations));
  const reports: MigrationReport[] = [];
  for (const migration of pendingOf(record, migrations)) {
    const { version, name, does } = migration;
    const { underWay } = record;
    const begun = underWay?.version === version ? underWay : undefined;
    const report = {
      version,
      name,
      does,
      changed: 0,
      examples: [] as string[],
      isContinued: begun !== undefined,
    };
    for (let cursor = begun?.cursor, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = await migration.page(cursor, { dryRun: true });
      report.changed += page.changed;
      report.examples.push(...page.examples.slice(0, EXAMPLES - report.examples.length));
      cursor = page.next;
    }
    reports.push(report);
  }
  return { from: record.version, to: newestOf(migrations), migrations: reports };
}

/** The record of a store that is made anew: nothing of an older layout is in it. */
export function freshRecord(migrations: readonly Pick<Migration, 'version'>[]): StoreRecord {
  return { version: newestOf(migrations), applied: [] };
}

/** The record as JSON that was kept says it. @throws RepriseError INPUT_INVALID */
export function parseRecord(store: string, value: unknown): StoreRecord {
  const { version, underWay, applied } = (value ?? {}) as Partial<StoreRecord>;
  const isWhole =
    Number.isSafeInteger(version) &&
    Array.isArray(applied) &&
    (underWay === undefined || Number.isSafeInteger(underWay.version));
  if (isWhole)
    return {
      version: version as number,
      applied: applied as StoreRecord['applied'],
      ...present({ underWay }),
    };
  throw new RepriseError(
    'INPUT_INVALID',
    `the record of the layout of ${store} cannot be read: restore it from a copy, or remove it where no migration was under way`,
  );
}
