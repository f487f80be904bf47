/** What a store says of its layout. */
export interface StoreRecord {
  /** Of its layout; 0 where it says nothing, as stores did at first. */
  readonly version: number;
  /** The migration that was begun and is not over, and where it goes on; without a cursor, at its beginning. */
  readonly underWay?: { readonly version: number; readonly cursor?: string; readonly changed: number };
  /** The migrations that were applied, oldest first. */
  readonly applied: readonly AppliedMigration[];
}

export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many things it changed. */
  readonly changed: number;
}

/** Where a store keeps its record. */
export interface StoreMarker {
  readonly read: () => Promise<StoreRecord>;
  /** Durable when it resolves. @throws RepriseError JOB_LOCKED where the lock is no longer held. */
  readonly write: (record: StoreRecord) => Promise<void>;
  /** @throws RepriseError JOB_LOCKED where another process migrates, or uses the store. */
  readonly lock: () => Promise<{ readonly release: () => Promise<void> }>;
}

/** What a part of a migration did, or would do. */
export interface MigratedPage {
  readonly changed: number;
  /** What it changes, in words: some of it. */
  readonly examples: readonly string[];
  /** Where the next part begins; absent after the last. */
  readonly next?: string;
}

/** From one layout of a store to the next. */
export interface Migration {
  /** The layout that it leads to; the one before is what it finds. */
  readonly version: number;
  readonly name: string;
  /** What it does, in a sentence. */
  readonly does: string;
  /**
   * A part of it, bounded in time. Repeated it changes nothing more: a crash may come after any of its writes.
   * @param dryRun changes nothing, and says what would change.
   */
  readonly page: (cursor: string | undefined, how: { readonly dryRun: boolean }) => Promise<MigratedPage>;
}
