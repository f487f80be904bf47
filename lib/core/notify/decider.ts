import type { Decider } from '../journal/decider';
import { decideTarget } from './decide';
import type { TargetEvent } from './events';
import { evolveTarget } from './evolve';
import type { TargetInput } from './input';
import { initialTarget, type TargetState } from './state';

/** The behaviour of one target of notifications: what it is told, when, and how often that is tried. */
export const targetDecider: Decider<TargetState, TargetInput, TargetEvent> = {
  initial: initialTarget,
  decide: decideTarget,
  evolve: evolveTarget,
};
