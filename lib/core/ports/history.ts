import { RepriseError } from '../errors';
import type { DurationHistory } from '../history/durations';
import type { Quarantine, StrategyEffect } from '../history/evidence';
import type { AttemptSample, HistoryUpdate, RetrySample } from '../history/samples';
import { LIMITS } from '../limits';
import type { Correction } from '../model/correction';

/** Whom a correction holds for: an owner, or everybody. */
export type CorrectionScope = { readonly owner: string } | 'everyone';

/**
 * What jobs measured, for the jobs that come. Of attempts and tests it is kept by owner; what retries came to after a
 * failure of some signature is the deployment's. Answers hold the latest, as many as `WINDOWS` says; they may lag behind
 * what was told, and what is older than `HISTORY_MS` may be forgotten.
 */
export interface HistoryStore {
  /** Adds what a job measured. Each sample is known by its attempt: telling it again, in any order, changes nothing. */
  readonly learn: (update: HistoryUpdate) => Promise<void>;
  readonly ofSignature: (signature: string) => Promise<readonly StrategyEffect[]>;
  /** The latest attempts of nodes with this hash, newest first. */
  readonly ofNode: (owner: string, nodeHash: string) => Promise<readonly AttemptSample[]>;
  /** How long to expect nodes to take of which attempts have passed, by their hashes, whoever's they were. */
  readonly durationsOf: (nodes: readonly string[]) => Promise<DurationHistory>;
  /** The latest failed attempts of an owner, newest first. */
  readonly failures: (owner: string) => Promise<readonly AttemptSample[]>;
  /** The latest retries of an owner, or without one of the deployment, newest first. */
  readonly retries: (owner?: string) => Promise<readonly RetrySample[]>;
  /** An earlier one of the same scope no longer holds. */
  readonly correct: (signature: string, correction: Correction, scope: CorrectionScope) => Promise<void>;
  /** The one that holds for an owner: its own before that for everyone. */
  readonly correctionOf: (signature: string, owner: string) => Promise<Correction | undefined>;
  /**
   * Enters a quarantine, or another in place of the one with its id.
   * @throws RepriseError QUOTA_EXCEEDED where the owner has as many as there may be.
   */
  readonly quarantine: (owner: string, quarantine: Quarantine) => Promise<void>;
  /** @returns whether there was one. */
  readonly unquarantine: (owner: string, id: string) => Promise<boolean>;
  /** By id, those that have expired included. */
  readonly quarantines: (owner: string) => Promise<readonly Quarantine[]>;
}

export function tooManyQuarantines(): RepriseError {
  const message = `the owner has ${LIMITS.quarantines} quarantines, as many as there may be: remove those that have expired`;
  return new RepriseError('QUOTA_EXCEEDED', message);
}
