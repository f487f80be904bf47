import type { AttemptRef } from '../model/attempt';

export type LogStream = 'stdout' | 'stderr';

/** A piece of what a command wrote. */
export interface LogPage {
  readonly text: string;
  /** The byte behind it. */
  readonly next: number;
  /** Bytes that there are. */
  readonly size: number;
}

/** What the commands of attempts wrote. */
export interface AttemptLogs {
  /**
   * From a byte on, some bytes at most; whole characters. Empty where it wrote nothing there.
   * @returns undefined where no such attempt has run here.
   */
  readonly read: (
    attempt: AttemptRef,
    page: { readonly stream: LogStream; readonly from: number; readonly limit: number },
  ) => Promise<LogPage | undefined>;
}
