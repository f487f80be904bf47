import type { MemoryJournalStore } from '../../adapters/memory/journal-store';
import type { MemoryLetterBox } from '../../adapters/memory/letter-box';
import type { Delivery } from '../../core/messages/address';
import type { Scenario } from '../workload/scenario';
import type { Fleet } from './fleet';
import type { Ground } from './ground';

export interface CommandDeps {
  readonly ground: Ground;
  readonly scenario: Scenario;
  readonly journal: Pick<MemoryJournalStore, 'streams'>;
  readonly letterBox: Pick<MemoryLetterBox, 'redriveAll'>;
  readonly fleet: Pick<Fleet, 'ids' | 'drain'>;
  /** Asks a stream, as the API does for a person. */
  readonly ask: (delivery: Delivery, id: string) => void;
}

/** A number in [0, 1) of a detail. */
export type Lot = (what: string) => number;

/** What a person asks for: `lot` chooses the details. */
export type Command = (deps: CommandDeps, lot: Lot) => Delivery | undefined;
