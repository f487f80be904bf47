import type { StreamHead } from '../journal/envelope';

/** What the engine keeps and may not need any more, by what it is. */
export const LEFTOVER_KINDS = [
  /** A job that was submitted: its stream, and with it what a runtime keeps of the job. */
  'job',
  /** A day of the audit trail, or what one writer wrote of it: a stream. */
  'auditDay',
  /** The place of a job that was never submitted. */
  'unsubmittedJob',
  /** A graph by its hash. */
  'graph',
  /** What an agent keeps of the attempts of a job. */
  'workspace',
  /** What is half removed: a removal that was interrupted goes on with it. */
  'halfRemoved',
  /** The lock of a process that is dead. */
  'lock',
  /** A file that was to replace another one, by a process that died before. */
  'draft',
  /** A rule of the event bus, or a schedule, whose trigger is gone. */
  'clock',
  /** A schedule that is over and did not delete itself. */
  'timer',
] as const;
export type LeftoverKind = (typeof LEFTOVER_KINDS)[number];

/** Names one thing that may be left over. */
export interface LeftoverRef {
  readonly kind: LeftoverKind;
  /** Unique within its kind. */
  readonly id: string;
}

/** Something that may not be needed any more, with what decides whether it is. */
export interface Leftover extends LeftoverRef {
  /** When it was last of use, milliseconds since the epoch: the end of a job, the last change of a file. */
  readonly idleSince: number;
  /** How much room it takes, where that is known. */
  readonly bytes?: number;
  /** Why it has to stay whatever its age, such as `process 12 runs it`. */
  readonly inUse?: string;
  /** Hashes of the graphs without which it cannot be read. */
  readonly graphs?: readonly string[];
}

export interface Survey {
  readonly leftovers: readonly Leftover[];
  /** Hashes of graphs that are needed by something which is never left over, such as a trigger. */
  readonly neededGraphs: readonly string[];
  /** What stands where leftovers do, and is none: nobody knows whose it is, so it stays. */
  readonly foreign: readonly string[];
  /** Whether everything was looked at. */
  readonly isComplete: boolean;
}

/** Where the journal of a stream is kept on from now on. */
export interface Archived {
  readonly archive: string;
  readonly head: StreamHead;
  /** SHA-256 of the key that signed its head, in hex. */
  readonly signedBy: string;
  /** How much the archive takes. */
  readonly bytes: number;
}

/** What keeps leftovers, and can do away with them. */
export interface Storekeeper {
  readonly survey: () => Promise<Survey>;
  /**
   * Removes one thing for good, a stream after its archive is durable and verified. Does nothing where it is gone. After a
   * crash a repeat goes on.
   * @param before the leftover as the survey saw it: what is of use again since then stays.
   * @param archived hears of the archive before anything is removed.
   * @returns why it stays after all; undefined where it is gone.
   */
  readonly remove: (
    before: Leftover,
    archived: (what: Archived) => Promise<void>,
  ) => Promise<string | undefined>;
}

/** Has a cleanup run somewhere else. */
export interface CleanupStarter {
  /** Asked for when it resolves; what comes of it, the journal of cleanups says. */
  readonly start: (order: {
    readonly run: string;
    readonly by: string;
    readonly dryRun: boolean;
  }) => Promise<void>;
}
