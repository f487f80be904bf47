import { LIMITS } from '../limits';
import type { ReadOnly } from '../model/read-only';
import type { Quarantine } from './evidence';
import { type FailedTests, namesAll, testKey } from './test-key';

/** What quarantines make of a failure that would end its node. */
export type Forgiveness =
  /** It is a warning. `quarantines` are the ids of those that it rests on. */
  | { readonly warning: string; readonly quarantines: readonly string[] }
  /** It counts, as these have expired. */
  | { readonly expired: string };

interface Failed {
  /** `nodeHash` */
  readonly node: string;
  readonly tests?: FailedTests | undefined;
  readonly quarantines: ReadOnly<Quarantine[]>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Whether a failure is that of known flakes only: the node is quarantined, or every test that failed is, and nothing else
 * went wrong. Undefined where quarantines have no say.
 */
export function forgiveness({ node, tests, quarantines, at }: Failed): Forgiveness | undefined {
  if (quarantines.length === 0) return undefined;
  const known = new Map(quarantines.map((each) => [each.id, each]));
  const ofNode = known.get(node);
  if (ofNode && !hasExpired(ofNode, at)) return forgiven([ofNode]);
  const ofTests = tests && namesAll(tests) ? tests.failed.map((id) => known.get(testKey(id))) : [];
  const open = ofTests.filter((each) => each !== undefined && !hasExpired(each, at));
  if (ofTests.length > 0 && open.length === ofTests.length) return forgiven(open as Quarantine[]);
  const expired = [ofNode, ...ofTests].find((each) => each !== undefined && hasExpired(each, at));
  return expired && { expired: `the quarantine of ${nameOf(expired)} has expired` };
}

/** @param at milliseconds since the epoch. */
export const hasExpired = ({ expiresAt }: Pick<Quarantine, 'expiresAt'>, at: number): boolean =>
  expiresAt <= at;

/** Quarantined tests that a warning names. */
const NAMED = 3;

function forgiven(by: ReadOnly<Quarantine[]>): Forgiveness {
  const named = by.slice(0, NAMED).map(nameOf).join('; ');
  const more = by.length > NAMED ? `; and ${by.length - NAMED} more` : '';
  const warning = `failed, and is quarantined: ${named}${more}`.slice(0, LIMITS.messageLength);
  return { warning, quarantines: by.map(({ id }) => id) };
}

function nameOf({ of, name, owner, reason, expiresAt }: ReadOnly<Quarantine>): string {
  return `${of} ${name} (${owner}, until ${new Date(expiresAt).toISOString()}: ${reason})`;
}
