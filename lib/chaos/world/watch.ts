import type { Recorded } from '../../core/journal/envelope';
import type { Delivery } from '../../core/messages/address';
import type { NodeAnswer } from '../../core/messages/effect';
import type { Origin } from '../../core/messages/envelope';
import type { WorkItem } from '../../core/messages/pool';
import type { AttemptRef } from '../../core/model/attempt';
import type { JobOutcome } from '../../core/model/outcome';
import type { Listing } from '../../core/projections/listing';
import type { Repair } from '../../core/recovery/reconcile/repair';

/** What can be seen of a world from outside. Nothing that is done here changes it. */
export interface Watch {
  readonly appended: (stream: string, events: readonly Recorded[], listing: Listing | undefined) => void;
  /** The mark of a stream has moved: all effects up to `to` count as performed. */
  readonly confirmed: (stream: string, to: number) => void;
  /** An effect has been performed, by a name that `performedAs` gives it. */
  readonly performed: (name: string) => void;
  /** A message is on its way to a stream. */
  readonly sent: (delivery: Delivery, origin: Origin) => void;
  /** A stream has decided on messages. */
  readonly handled: (deliveries: readonly Delivery[]) => void;
  /** A message was given up. `isOurs`: it was put there by a fault. */
  readonly poisoned: (delivery: Delivery, error: unknown, isOurs: boolean) => void;
  /** A worker begins to run an attempt, in the process of this registration. */
  readonly began: (ref: AttemptRef, workerId: string, registration: string) => void;
  /** An attempt comes to its end on its worker; the engine may never hear of it. */
  readonly ended: (ref: AttemptRef, how: 'succeeded' | 'failed') => void;
  /** An attempt is handed to a worker. */
  readonly handed: (work: WorkItem, workerId: string) => void;
  readonly answered: (jobId: string, answer: NodeAnswer) => void;
  readonly workflowEnded: (jobId: string, status: JobOutcome) => void;
  /** A person has asked for something, or looked at it, and has an answer or gives up. */
  readonly asked: (kind: string, how: Asked) => void;
  /** The reconciler has brought something into step. */
  readonly repaired: (repair: Repair) => void;
  /** A machine dies with all that runs on it. */
  readonly died: (workerId: string, at: number) => void;
  /** A sweep holds a machine for lost; its pool is to hear of it. */
  readonly heldForLost: (workerId: string, at: number) => void;
  /** The engine failed in a way that nobody foresaw. */
  readonly broke: (error: unknown, doing: string) => void;
}

/** How a request of a person went, with the tries of the client. */
export interface Asked {
  readonly tries: number;
  /** From the first try to the answer of the last one. */
  readonly elapsedMs: number;
  readonly isAnswered: boolean;
  /** When it was asked first, milliseconds of virtual time. */
  readonly since: number;
}

/** Hears what it wants to hear. */
export type Watcher = Partial<Watch>;

const HEARD: readonly (keyof Watch)[] = [
  'appended',
  'confirmed',
  'performed',
  'sent',
  'handled',
  'poisoned',
  'began',
  'ended',
  'handed',
  'answered',
  'workflowEnded',
  'asked',
  'repaired',
  'died',
  'heldForLost',
  'broke',
];

/** Tells several watchers as if they were one. */
export function watchers(all: readonly Watcher[]): Watch {
  const tell = (name: keyof Watch) => {
    const heard = all.flatMap((each) => each[name] ?? []) as ((...what: unknown[]) => void)[];
    return (...what: unknown[]) => {
      for (const hear of heard) hear(...what);
    };
  };
  return Object.fromEntries(HEARD.map((name) => [name, tell(name)])) as unknown as Watch;
}
