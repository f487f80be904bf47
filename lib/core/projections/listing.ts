import type { DependencyEvent } from '../dependency/events';
import type { DependencyState } from '../dependency/state';
import type { LetterEvent } from '../dlq/events';
import { type GroupState, isParked, type LetterStatus } from '../dlq/state';
import type { JobEvent } from '../job/events';
import type { JobState } from '../job/state';
import type { DependencyStatus } from '../messages/dependency';
import type { LetterKind } from '../messages/letter';
import type { TriggerSource } from '../messages/trigger-definition';
import type { FailureClass } from '../model/failure';
import type { JobType } from '../model/job-type';
import type { JobStatus } from '../model/outcome';
import { present } from '../model/present';
import type { Priority } from '../model/priority';
import type { QueueStatus } from '../model/queue-status';
import type { ReadOnly } from '../model/read-only';
import type { PoolEvent } from '../scheduler/events';
import type { PoolState } from '../scheduler/state';
import type { TriggerEvent } from '../trigger/events';
import type { TriggerState, TriggerStatus } from '../trigger/state';

/** What lists show of a stream, kept beside it so that no list folds a journal. */
export type Listing = JobListing | PoolListing | TriggerListing | DependencyListing | LetterListing;

export interface JobListing {
  readonly kind: 'job';
  readonly owner: string;
  readonly name: string;
  readonly status: JobStatus;
  readonly priority: Priority;
  /** `STANDARD`, where absent. */
  readonly jobType?: JobType;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  /** Users who may use it beside its owner, where there are any. */
  readonly sharedWith?: readonly string[];
}

/** The queue of jobs of a pool, as whoever submits has to know it. */
export interface PoolListing {
  readonly kind: 'pool';
  /** Jobs that wait to be admitted. */
  readonly waiting: number;
  /** Jobs that were admitted and are not over. */
  readonly running: number;
  readonly status: QueueStatus;
}

export interface TriggerListing {
  readonly kind: 'trigger';
  readonly owner: string;
  readonly name: string;
  readonly status: TriggerStatus;
  readonly source: TriggerSource;
}

export interface DependencyListing {
  readonly kind: 'dependency';
  readonly status: DependencyStatus;
  /** A person holds it so. */
  readonly forced: boolean;
  /** When it changed last, milliseconds since the epoch; 0 where it never did. */
  readonly since: number;
  /** Of one that is open and not forced, milliseconds since the epoch. */
  readonly until?: number;
  /** Why it stands so. */
  readonly why?: string;
  /** Since when more calls go wrong than used to, milliseconds since the epoch, where they do. */
  readonly degradingSince?: number;
}

/** A group of letters. Times in milliseconds since the epoch. */
export interface LetterListing {
  readonly kind: 'letter';
  readonly owner: string;
  readonly signature: string;
  readonly letterKind: LetterKind;
  readonly class?: FailureClass;
  /** Of the group: what the letter is that is furthest from being done. */
  readonly status: LetterStatus;
  /** Letters that are not resolved, and all that are shown. */
  readonly open: number;
  readonly letters: number;
  /** Who sees to the letter that was parked last. */
  readonly assignee?: string;
  /** When the oldest of those that are not resolved was parked. */
  readonly oldestAt?: number;
  readonly lastParkedAt: number;
  /** The beginning of what the latest said. */
  readonly said: string;
}

/** How the listing of a kind of stream follows from its fold, and which of its events change it. */
export interface ListingOf<State, Event extends { readonly type: string }> {
  /** Undefined where there is nothing to show yet. */
  readonly listingOf: (state: ReadOnly<State>) => Listing | undefined;
  /** Every event of the kind says whether it changes what lists show: a new one does not build until it does. */
  readonly changes: Readonly<Record<Event['type'], boolean>>;
}

export const jobListing: ListingOf<JobState, JobEvent> = {
  listingOf({ submitted, priority, status, submittedAt = 0, sharedWith }) {
    if (!submitted) return undefined;
    const { owner, name, jobType } = submitted;
    const listing = { owner, name, status, priority: priority ?? submitted.priority, submittedAt };
    return { kind: 'job', ...listing, ...present({ jobType, sharedWith }) };
  },
  changes: {
    'job.submitted': true,
    'job.admitted': true,
    'job.reprioritised': true,
    'job.shared': true,
    'job.unshared': true,
    'job.resumed': true,
    'job.replanned': true,
    'job.nodeGone': false,
    'job.retryRefused': false,
    'job.completed': true,
    'job.cancelRequested': false,
    'job.paused': false,
    'job.unpaused': false,
    'job.outcomeAwaited': false,
    'job.workflowEnded': false,
    'job.entered': false,
    'node.entered': false,
    'node.expanded': false,
    'node.ready': false,
    'node.retryScheduled': false,
    'node.completed': false,
    'node.edited': false,
    'node.overruled': false,
    'attempt.started': false,
    'attempt.progressed': false,
    'attempt.succeeded': false,
    'attempt.failed': false,
    'attempt.lost': false,
    'attempt.ignored': false,
    'attempt.cancelRequested': false,
    'attempt.reclassified': false,
    // A job that was over runs again.
    'rollback.started': true,
    'rollback.requested': false,
    'rollback.stepReady': false,
    'rollback.stepStarted': false,
    'rollback.stepSucceeded': false,
    'rollback.stepFailed': false,
    'rollback.stepScheduled': false,
    'rollback.stepLost': false,
    'rollback.stepGivenUp': false,
    'rollback.completed': false,
    'recovery.initiated': false,
    'recovery.completed': false,
    'recovery.failed': false,
  },
};

export const poolListing: ListingOf<PoolState, PoolEvent> = {
  listingOf({ admission: { status, waiting, running } }) {
    return { kind: 'pool', waiting: waiting.size, running: running.size, status };
  },
  // Most of what a pool decides is about work and leases; its queue of jobs changes far less often.
  changes: {
    'queue.joined': true,
    'queue.admitted': true,
    'queue.left': true,
    'queue.changed': true,
    'queue.reprioritised': false,
    'queue.limited': false,
    'queue.unschedulable': false,
    'queue.schedulable': false,
    'queue.capacityWarned': false,
    'queue.capacityCleared': false,
    'queue.held': false,
    'queue.dependencyWatched': false,
    'queue.dependencyChanged': false,
    'queue.unheld': false,
    'worker.registered': false,
    'worker.draining': false,
    'worker.cordoned': false,
    'worker.uncordoned': false,
    'worker.probation': false,
    'worker.suspected': false,
    'worker.cleared': false,
    'worker.lost': false,
    'work.queued': false,
    'work.dropped': false,
    'work.unknown': false,
    'lease.granted': false,
    'lease.cancelRequested': false,
    'lease.released': false,
    'lease.revoked': false,
  },
};

export const triggerListing: ListingOf<TriggerState, TriggerEvent> = {
  listingOf({ status, owner, definition }) {
    if (status === 'none' || owner === undefined || definition === undefined) return undefined;
    return { kind: 'trigger', owner, name: definition.name, status, source: definition.source };
  },
  // Firings do not change what a list of triggers shows.
  changes: {
    'trigger.set': true,
    'trigger.paused': true,
    'trigger.unpaused': true,
    'trigger.deleted': true,
    'trigger.fired': false,
    'trigger.queued': false,
    'trigger.skipped': false,
    'trigger.missed': false,
    'trigger.jobEnded': false,
    'trigger.jobRefused': false,
  },
};

export const dependencyListing: ListingOf<DependencyState, DependencyEvent> = {
  listingOf({ status, forced, since, openUntil, recent, degradingSince }) {
    return {
      kind: 'dependency',
      status,
      forced,
      since,
      ...present({ until: openUntil, why: recent[0]?.why, degradingSince }),
    };
  },
  changes: {
    // The first thing that happens to one that work names: from then on it is listed.
    'dependency.watched': true,
    'dependency.opened': true,
    'dependency.halfOpened': true,
    'dependency.closed': true,
    'dependency.forced': true,
    'dependency.reset': true,
    'dependency.degrading': true,
    'dependency.steady': true,
    'dependency.observed': false,
  },
};

/** Characters of what a letter said, in a list. */
const SAID = 200;

export const letterListing: ListingOf<GroupState, LetterEvent> = {
  listingOf({ owner, signature, kind, class: failureClass, letters, said, lastParkedAt }) {
    if (owner === undefined || signature === undefined || kind === undefined) return undefined;
    const all = [...letters.values()];
    const open = all.filter(({ status }) => status !== 'resolved');
    const status = ORDER.find((each) => all.some((letter) => letter.status === each)) ?? 'resolved';
    const assignee = all.filter(isParked).at(-1)?.assignee;
    const oldestAt =
      open.length === 0
        ? undefined
        : open.reduce((at, { firstParkedAt }) => Math.min(at, firstParkedAt), Infinity);
    return {
      ...{
        kind: 'letter',
        owner,
        signature,
        letterKind: kind,
        status,
        lastParkedAt,
        said: said.slice(0, SAID),
      },
      ...{ open: open.length, letters: all.length },
      ...present({ class: failureClass, assignee, oldestAt }),
    };
  },
  changes: {
    'letter.parked': true,
    'letter.renewed': true,
    'letter.reopened': true,
    'letter.assigned': true,
    'letter.redriven': true,
    'letter.resolved': true,
    'letter.heard': false,
    'letter.noted': false,
    'letter.returned': false,
    'letter.laid': false,
    'letter.archived': false,
    'redrive.started': false,
    'redrive.paused': false,
    'redrive.stopped': false,
    'redrive.completed': false,
  },
};

/** The status of a group is the first of these that a letter of it has. */
const ORDER = ['open', 'assigned', 'redriving', 'resolved'] as const satisfies readonly LetterStatus[];
