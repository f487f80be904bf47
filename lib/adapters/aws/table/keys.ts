import { QUOTA_PREFIX } from '../../../core/access/quotas';
import { ANSWER_PREFIX } from '../../../core/ports/answers';

/**
 * Keys of the single table, in one place. Every key is made for a read; docs/data-model.md lists them.
 *
 * | pk                       | sk                         | item                                            |
 * | stream (`job/<id>`, ...) | `EVT#<first seq>`          | a page of recorded events                       |
 * | stream                   | `CONFIRMED`                | up to where its effects are performed           |
 * | stream of a job          | `LIST`, `LIST#STATUS`      | what lists of jobs show, through the index      |
 * | stream of a job          | `LIST#SHARED#<user>`       | that lists of the user show it, through the index |
 * | stream of a pool         | `QUEUE`                    | what a submission has to know of its queue      |
 * | stream of a pool         | `OVERLOAD`                 | when it was last said that the queue is full    |
 * | stream of a trigger      | `LIST`                     | what lists of triggers show, through the index  |
 * | stream of a dependency   | `LIST`                     | what the list of them shows, through the index  |
 * | stream of letters        | `LIST`, `LIST#STATUS`      | what lists of letters show, through the index   |
 * | stream of a job          | `WORKFLOW`, `WORKFLOW#<run>` | which machine does the first run, a later one |
 * | stream of any but a pool | `OPEN`                     | that it may have effects to perform             |
 * | stream of a job          | `CLOSED`                   | since when it is over and owes nothing          |
 * | a stream that is removed | the `EVT#` after its last  | a seal: nothing can be appended any more        |
 * | `graph/<hash>`           | `MACHINES`                 | the state machines of a graph                   |
 * | `WORKERS#<pool>`         | worker id                  | a worker as it last spoke                       |
 * | `ANSWERS#<pool>#<worker>`| id of a call               | what the worker answered to it, until `ttl`     |
 * | `graph/<hash>`           | `OWNER#<owner>`            | that the owner has brought the graph            |
 * | `SWEEPS`                 | `SWEEPS`                   | since when the sweeper runs without a gap       |
 * | `RECONCILER`             | `RECONCILER`               | where the reconciler goes on in its next turn   |
 * | `QUOTA#<owner>`          | what and when              | how much of it the owner has taken, until `ttl` |
 * | `ATTEMPTS#<owner>#<node>`| when, and which attempt    | how an attempt of a node ended, until `ttl`     |
 * | `SIGNATURE#<signature>`  | `RETRY#`, which retry      | what a retry came to, until `ttl`               |
 * | `SIGNATURE#<signature>`  | `CORRECTION`, and whose    | what a person says of its failures              |
 * | `RETRIES`                | when, and which retry      | the retries of everyone, until `ttl`            |
 * | `QUARANTINES#<owner>`    | id                         | a known flake, until `ttl`                      |
 * | `STORE`                  | `STORE`                    | which layout the table has, and how far a migration is |
 * | `STORE`                  | `LOCK`                     | who migrates it, until when                     |
 * | `IDEMPOTENCY#<id>`       | `ANSWER`                   | a call under an `Idempotency-Key`, until `ttl`  |
 * | `TRACE#<id>`             | stream                     | that it carries the id, from `seq` on, until `ttl` |
 */
export const INDEX_NAME = 'GSI1';

/** Digits of a sequence in a key: ten thousand million events a stream. */
const SEQ_DIGITS = 10;

export const CONFIRMED = 'CONFIRMED';
export const LIST = 'LIST';
export const LIST_BY_STATUS = 'LIST#STATUS';
/** Of a user whom a job is, or was, shared with. */
export const sharedList = (user: string): string => `${LIST}#SHARED#${encodeURIComponent(user)}`;
export const QUEUE = 'QUEUE';
export const OVERLOAD = 'OVERLOAD';
export const OPEN = 'OPEN';
/** Streams that may have effects to perform, in the index by their name. */
export const OPEN_LIST = 'OPEN';
export const CLOSED = 'CLOSED';
/** Jobs that are over and owe nothing, in the index by when that was found. */
export const CLOSED_LIST = 'CLOSED';
/** Streams that are half removed, in the index by their name. */
export const SEALED_LIST = 'SEALED';
export const MACHINES = 'MACHINES';
/** Graphs whose machines may be collected, in the index by their last use. */
export const MACHINES_LIST = 'MACHINES';
/** Dependencies, in the index by their name. */
export const DEPENDENCIES_LIST = 'DEPENDENCIES';
export const RECONCILER_KEY = { pk: 'RECONCILER', sk: 'RECONCILER' } as const;
export const STORE_KEY = { pk: 'STORE', sk: 'STORE' } as const;
export const STORE_LOCK_KEY = { pk: 'STORE', sk: 'LOCK' } as const;
/** What the partitions of all workers begin with. */
export const WORKERS_PREFIX = 'WORKERS#';
export const SWEEPS_KEY = { pk: 'SWEEPS', sk: 'SWEEPS' } as const;
export const answerKey = (id: string) => ({ pk: `${ANSWER_PREFIX}${id}`, sk: 'ANSWER' }) as const;

const WORKFLOW = 'WORKFLOW';

/** Of a run of a job's workflow; the first one has none in its key. */
export const workflowKey = (run: number): string => (run === 1 ? WORKFLOW : `${WORKFLOW}#${run}`);

export const isWorkflowKey = (sk: string): boolean => sk === WORKFLOW || sk.startsWith(`${WORKFLOW}#`);

const EVENTS = 'EVT#';

/**
 * A page is filed under its first event, the one that follows the end which its writer saw: of several that saw the same
 * end, one gets the key.
 */
export const eventsKey = (firstSeq: number): string =>
  `${EVENTS}${String(firstSeq).padStart(SEQ_DIGITS, '0')}`;

export const FIRST_EVENTS_KEY = eventsKey(0);
export const LAST_EVENTS_KEY = `${EVENTS}${'9'.repeat(SEQ_DIGITS)}`;

export const isEventsKey = (sk: string): boolean => sk.startsWith(EVENTS);

/** The first event of the page that has this key. */
export const firstSeqOf = (sk: string): number => Number(sk.slice(EVENTS.length));

/** Owners are subjects of tokens: encoded, so that one named `a#failed` is not read as another's list. */
export const ownerKey = (owner: string): string => `OWNER#${encodeURIComponent(owner)}`;
export const ownerStatusKey = (owner: string, status: string): string => `${ownerKey(owner)}#${status}`;
export const sharedKey = (user: string): string => `SHARED#${encodeURIComponent(user)}`;

/** Orders lists by time; 13 digits of milliseconds last until the year 2286. */
export const submittedKey = (submittedAt: number, jobId: string): string =>
  `${String(submittedAt).padStart(13, '0')}#${jobId}`;

/** Groups of letters, by owner, and by owner and status. */
export const lettersKey = (owner: string): string => `LETTERS#${encodeURIComponent(owner)}`;
export const lettersStatusKey = (owner: string, status: string): string => `${lettersKey(owner)}#${status}`;

/** Orders closed streams by time; without a stream, the place before all that were closed at that time. */
export const closedKey = (at: number, stream = ''): string => `${String(at).padStart(13, '0')}#${stream}`;

export const triggersKey = (owner: string): string => `TRIGGERS#${encodeURIComponent(owner)}`;

export const quotaKey = (owner: string): string => `${QUOTA_PREFIX}${encodeURIComponent(owner)}`;

/** Attempts of the nodes of an owner that have this hash, in the order of time. */
export const attemptsKey = (owner: string, nodeHash: string): string =>
  `ATTEMPTS#${encodeURIComponent(owner)}#${nodeHash}`;
/** What the latest attempts of nodes with this hash took, whoever's they were. */
export const durationKey = (nodeHash: string) => ({ pk: `DURATION#${nodeHash}`, sk: 'DURATION' });
/** In the index: the failed attempts of an owner, and the retries. */
export const failuresKey = (owner: string): string => `FAILURES#${encodeURIComponent(owner)}`;
export const ownRetriesKey = (owner: string): string => `RETRIES#${encodeURIComponent(owner)}`;
export const RETRIES = 'RETRIES';
export const signatureKey = (signature: string): string => `SIGNATURE#${signature}`;
export const retryKey = (sample: string): string => `RETRY#${sample}`;
/** Without an owner it holds for everyone. */
export const correctionKey = (owner?: string): string =>
  owner === undefined ? 'CORRECTION' : `CORRECTION#${encodeURIComponent(owner)}`;
export const quarantinesKey = (owner: string): string => `QUARANTINES#${encodeURIComponent(owner)}`;

/** Of a trace, or of a call. */
export const traceKey = (id: string): string => `TRACE#${id}`;

export const graphKey = (hash: string): string => `graph/${hash}`;

/** Orders graphs by their last use; with an empty hash, the place before all that were used at that time. */
export const usedKey = (at: number, hash: string): string => `${String(at).padStart(13, '0')}#${hash}`;

export const workersKey = (poolId: string): string => `${WORKERS_PREFIX}${poolId}`;
export const answersKey = (poolId: string, workerId: string): string => `ANSWERS#${poolId}#${workerId}`;
