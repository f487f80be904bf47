import * as z from 'zod';
import { LIMITS } from '../limits';
import { line, text } from '../model/bounded';
import { lotOf } from '../model/lot';
import type { ReadOnly } from '../model/read-only';

/** Something that can be switched for some owners and graphs before it is there for all, or taken away in the end. */
interface Flag {
  /** What it switches, in a sentence. */
  readonly what: string;
  /** Where nobody says otherwise. */
  readonly default: boolean;
  /** The day from which on it must be gone, with the branch that it switches: a test says so. */
  readonly expires: `${number}-${number}-${number}`;
}

/** Every flag there is. One that has expired is removed here, and with it what reads it. */
export const FLAGS = {
  'learned-retries': {
    what: 'retries are chosen by what earlier ones came to, where `retries.explore` is above 0',
    default: true,
    expires: '2027-06-30',
  },
  'retry-after-in-messages': {
    what: 'a wait that the message of a failure asks for (`Retry-After`, "try again in 30 s") is kept',
    default: true,
    expires: '2027-06-30',
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof FLAGS;
export const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];

const TARGETS = 100;

/** For whom a flag is on. What is left out is no condition; all that is said must hold. */
export const flagRuleSchema = z.strictObject({
  enabled: z.boolean(),
  /** Of graphs of owners: the same ones each time, and more of the same as it grows. */
  percent: z.number().min(0).max(100).exactOptional(),
  /** Owners for whom it holds. */
  owners: z.array(line(LIMITS.ownerLength).min(1)).min(1).max(TARGETS).exactOptional(),
  /** Names of graphs for which it holds. */
  graphs: z.array(text(LIMITS.idLength).min(1)).min(1).max(TARGETS).exactOptional(),
});
export type FlagRule = z.infer<typeof flagRuleSchema>;

/** Whom a decision is about. */
export interface FlagSubject {
  readonly owner: string;
  readonly graph: string;
}

export const defaultRule = (flag: FlagName): FlagRule => ({ enabled: FLAGS[flag].default });

/** Whether a flag is on. Whoever is not meant has it as if it were off. */
export function isOn(flag: FlagName, rule: ReadOnly<FlagRule>, subject: FlagSubject): boolean {
  const { enabled, percent = 100, owners, graphs } = rule;
  if (!enabled) return false;
  if (owners && !owners.includes(subject.owner)) return false;
  if (graphs && !graphs.includes(subject.graph)) return false;
  return shareOf(flag, subject) < percent;
}

/**
 * From 0 to 100, evenly, and the same each time. The name of the flag is part of it, or the same graphs would try everything
 * out first.
 */
export function shareOf(flag: string, { owner, graph }: FlagSubject): number {
  return lotOf(JSON.stringify([flag, owner, graph])) * 100;
}
