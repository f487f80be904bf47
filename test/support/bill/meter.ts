import type { Usage } from '../../../lib/core/dag/predict/prices';

/** What AWS would bill of what was asked of it. */
export class Meter {
  readonly counts = new Map<keyof Usage, number>();

  add(what: keyof Usage, amount = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + amount);
  }

  usage(): Partial<Usage> {
    return Object.fromEntries(this.counts);
  }
}

/** Requests that a call of SQS or EventBridge counts as: one for every 64 KiB. */
export const chunks = (bytes: number): number => Math.max(1, Math.ceil(bytes / 65_536));

export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
