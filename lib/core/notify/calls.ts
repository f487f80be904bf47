import type { Severity, Topic } from '../messages/event-types';
import type { Notice } from '../messages/target';
import type { JobOutcome } from '../model/outcome';
import { present } from '../model/present';

/** What all that a notification engine is told has. */
interface Notification {
  /** The same at a repeat. */
  readonly notificationId: string;
  /** Type of the event that it tells of. */
  readonly eventType: string;
  /** When that happened, milliseconds since the epoch. */
  readonly at: number;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly owner?: string;
  readonly jobId?: string;
  /** What the event says. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ExecutionNotification extends Notification {
  readonly graph?: string;
  /** Of a job that has ended. */
  readonly outcome?: JobOutcome;
}

export interface FailureAlert extends Notification {
  readonly graph?: string;
  readonly outcome?: JobOutcome;
  readonly reason?: string;
}

export interface RecoveryNotification extends Notification {
  readonly nodeId?: string;
  readonly strategy?: string;
  readonly cause?: string;
  /** What somebody has to do. */
  readonly requiredAction?: string;
  /** Who is told, and how many minutes after it failed. */
  readonly escalation?: readonly { readonly notify: string; readonly afterMinutes: number }[];
}

export interface HealthAlert extends Notification {
  readonly pool?: string;
  readonly workerId?: string;
  readonly dependency?: string;
}

/** What is sent by each of the calls of a notification engine. */
export interface Calls {
  readonly execution: ExecutionNotification;
  readonly failure: FailureAlert;
  readonly recovery: RecoveryNotification;
  readonly health: HealthAlert;
}

interface Alert {
  readonly message?: string;
  readonly escalation?: RecoveryNotification['escalation'];
}

/** A notice as the calls have it. The topic of the notice says which is made. */
export function callsOf(notice: Notice, notificationId: string): { readonly [T in Topic]: () => Calls[T] } {
  const { type, at, severity, title, text, owner, jobId, graph, outcome, detail = {} } = notice;
  const all: Notification = {
    ...{ notificationId, eventType: type, at, severity, title, text, detail },
    ...present({ owner, jobId }),
  };
  const said = <K extends string>(...names: readonly K[]) =>
    present(
      Object.fromEntries(names.map((name) => [name, textOf(detail[name])])) as Partial<Record<K, string>>,
    );
  return {
    execution: () => ({ ...all, ...present({ graph, outcome }) }),
    failure: () => ({ ...all, ...present({ graph, outcome }), ...said('reason') }),
    recovery() {
      const { message: requiredAction, escalation } = (detail['alert'] ?? {}) as Alert;
      return { ...all, ...said('nodeId', 'strategy', 'cause'), ...present({ requiredAction, escalation }) };
    },
    health: () => ({ ...all, ...said('pool', 'workerId', 'dependency') }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
