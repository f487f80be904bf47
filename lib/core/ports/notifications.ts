import type { Notice } from '../messages/target';
import type { ExecutionNotification, FailureAlert, HealthAlert, RecoveryNotification } from '../notify/calls';
import type { TargetDefinition } from '../notify/rules';

/** One message to a target. */
export interface Outgoing {
  /** The same at every try: receivers know a repeat by it. */
  readonly id: string;
  readonly notices: readonly Notice[];
  /** Notices that it counts and does not have. */
  readonly more: number;
  /** When this try is made, milliseconds since the epoch. */
  readonly at: number;
}

/** Delivers to targets of all types. */
export interface Deliverer {
  /**
   * Resolves when the receiver has taken it, with whom it went to as people know them, and nothing that is secret.
   * @throws RepriseError retryable where another try may help (`context.retryAfterMs`, where the receiver says when), else
   *   terminal.
   */
  readonly deliver: (target: TargetDefinition, message: Outgoing) => Promise<{ readonly to: string }>;
}

/** Sends email. */
export interface Mailer {
  /** @throws RepriseError as `Deliverer`. */
  readonly send: (mail: Mail) => Promise<void>;
}

export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** `duplicate`: it was sent before under this id. */
export interface NotificationResult {
  readonly notificationId: string;
  readonly status: 'accepted' | 'duplicate';
}

/** The contract of a notification engine. Every call may be repeated under the same id. */
export interface NotificationEngine {
  readonly sendExecutionNotification: (notification: ExecutionNotification) => Promise<NotificationResult>;
  readonly sendFailureAlert: (alert: FailureAlert) => Promise<NotificationResult>;
  readonly sendRecoveryNotification: (recovery: RecoveryNotification) => Promise<NotificationResult>;
  readonly sendHealthAlert: (health: HealthAlert) => Promise<NotificationResult>;
}
