/** Kind of the streams that say who asked for what. Nothing follows from them: no relay reads them. */
export const AUDIT_KIND = 'audit';

/** `refused`: the caller was told no. `failed`: it was not done, and not because of the caller. */
export const AUDIT_OUTCOMES = ['accepted', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** One command as it was asked for and answered. It holds no body, no token and no value of either. */
export interface CommandRecord {
  /** Subject of the token, or user of the machine; empty where nobody is known. */
  readonly principal: string;
  /** Address that the call came from, or `local` for a command of this machine. */
  readonly source: string;
  /** The scope by which the route let the caller in; absent where it did not. */
  readonly scope?: string;
  /** Route of the API, such as `POST /jobs/{jobId}/cancel`, or a command, such as `reprise retry`. */
  readonly action: string;
  /** What it was about, as `KIND/ID`: `job/01J...`, `trigger/nightly`. */
  readonly resource?: string;
  /** Whose that is, where it was found out. */
  readonly owner?: string;
  readonly outcome: AuditOutcome;
  /** HTTP status, or exit status of a command. */
  readonly status: number;
  /** Of the catalogue of errors. */
  readonly code?: string;
  readonly reason?: string;
  /** What the caller calls the whole of which this call is a part. */
  readonly correlationId?: string;
  /** It stands for so many calls: itself and those of the same kind since the last one that was written. */
  readonly times?: number;
  /** So many refusals of any kind were not written before it, as there were too many of them. */
  readonly unwritten?: number;
}

/** Everything that stands in an audit stream. */
export interface AuditEvent {
  readonly type: 'command.recorded';
  readonly data: CommandRecord;
}
