import { LONGEST_MACHINE_ARN, LONGEST_QUEUE_URL } from './quotas';
import {
  endState,
  machineArn,
  machineState,
  nodeState,
  outcomeState,
  parallelState,
  QUEUE_URL,
} from './states';

/*
 * Bytes of the text of a definition, as deployed: with the longest queue URL and machine ARNs put in. They are added up
 * from those of its states while it is emitted, which spares writing a megabyte to measure it. Names are ASCII, and hold
 * nothing that JSON escapes.
 */

/** What a queue URL takes more than its placeholder. */
export const URL_GROWTH = LONGEST_QUEUE_URL - QUEUE_URL.length;
const ARN_GROWTH = LONGEST_MACHINE_ARN - machineArn('').length;

const text = (value: unknown): number => JSON.stringify(value).length;

/** States without names, one with a state after it and one without. */
const NODE = [
  text(nodeState('', '', '')) + URL_GROWTH,
  text(nodeState('', undefined, '')) + URL_GROWTH,
] as const;
const MACHINE = [
  text(machineState('', '')) + ARN_GROWTH,
  text(machineState('', undefined)) + ARN_GROWTH,
] as const;
const PARALLEL = [text(parallelState([], '')), text(parallelState([], undefined))] as const;
const BRANCH = text({ StartAt: '', States: {} });

/** A node is named in its message; what follows it, in `Next` and in `Catch`. */
export const nodeBytes = (id: string, next: string | undefined, end: string): number =>
  next === undefined ? NODE[1] + id.length + end.length : NODE[0] + id.length + 2 * next.length;

export const machineBytes = (next: string | undefined): number =>
  next === undefined ? MACHINE[1] : MACHINE[0] + next.length;

/** Beside its branches. */
export const parallelBytes = (branches: number, next: string | undefined): number =>
  (next === undefined ? PARALLEL[1] : PARALLEL[0] + next.length) + branches - 1;

export const END_BYTES = text(endState());
export const OUTCOME_BYTES = text(outcomeState()) + URL_GROWTH;

/** Beside its states; the last of these has no comma after it. */
export const branchBytes = (startAt: string): number => BRANCH + startAt.length - 1;

/** `"name":`, and the comma after the state. */
export const nameBytes = (name: string): number => name.length + 4;

/** `"Comment":"...",` */
export const commentBytes = (comment: string): number => text({ Comment: comment }) - 1;
