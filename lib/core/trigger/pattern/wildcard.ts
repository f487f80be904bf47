/** The literal texts between the wildcards, one more than there are wildcards. */
export type Wildcard = readonly string[];

/**
 * Reads a pattern in which `*` stands for any text, the empty one too. `\*` is an asterisk and `\\` a backslash.
 * @returns what is wrong with it, where something is.
 */
export function readWildcard(text: string): { readonly parts: Wildcard } | { readonly wrong: string } {
  const parts = [''];
  let before = '';
  for (const token of text.match(/\\[*\\]|[\s\S]/gu) ?? []) {
    if (token === '*') {
      if (before === '*') return { wrong: '`**` is none: write one * for any text' };
      parts.push('');
    } else if (token === '\\') {
      return { wrong: 'a backslash goes before * or another backslash only: write \\\\ for one' };
    } else {
      parts.push(`${parts.pop()}${token.replace(/^\\(?=.)/, '')}`);
    }
    before = token;
  }
  return { parts };
}

/** Whether a text is as the pattern has it. Each part is looked for once, behind the one before: nothing is tried again. */
export function matchesWildcard(text: string, parts: Wildcard): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** A matcher with wildcards: one, or those of one `anything-but`. */
export interface Wildcards {
  /** Equal ones have the same. */
  readonly key: string;
  readonly all: readonly Wildcard[];
}

interface Place {
  /** The matchers that can be reached from here: what EventBridge weighs a place by. */
  readonly matchers: Set<string>;
  readonly next: Map<number, Place[]>;
  /** The wildcard that begins here, which any text stays in. */
  star?: Place;
  readonly isStar: boolean;
}

/** Places that are followed at most before a pattern counts as too involved. */
const MAX_SETS = 20_000;
const QUOTE = 0x22;
const ANY = -1;

/**
 * In how many places of its wildcards a text can stand at a time, at the worst: the measure by which EventBridge calls a
 * rule too complex. `*a*a*` can be in five: in each wildcard, and behind each `a`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
 * @param matchers of one field; one that stands there twice counts twice.
 * @param limit past which nobody wants to know how many.
 */
export function wildcardComplexity(matchers: readonly Wildcards[], limit: number): number {
  const start = placesOf(matchers);
  let worst = 0;
  const open: ReadonlySet<Place>[] = [new Set([start])];
  const names = new Map<Place, number>();
  const seen = new Set<string>();
  for (const active of open) {
    for (const unit of unitsOf(active)) {
      const following = step(active, unit);
      worst = Math.max(
        worst,
        [...following].reduce((sum, { matchers }) => sum + matchers.size, 0),
      );
      if (worst > limit) return worst;
      const key = [...following]
        .map((place) => nameOf(names, place))
        .sort()
        .join();
      if (following.size > 0 && !seen.has(key)) open.push(following);
      seen.add(key);
      if (open.length > MAX_SETS) return Number.POSITIVE_INFINITY;
    }
  }
  return worst;
}

/** The bytes that lead on from some places, and one that stands for all others. */
const unitsOf = (active: ReadonlySet<Place>) =>
  new Set([ANY, ...[...active].flatMap(({ next }) => [...next.keys()])]);

function nameOf(names: Map<Place, number>, place: Place): number {
  const name = names.get(place) ?? names.size;
  names.set(place, name);
  return name;
}

function step(active: ReadonlySet<Place>, unit: number): Set<Place> {
  const following = new Set<Place>();
  for (const place of active) {
    const reached = [...(place.isStar ? [place] : []), ...(place.next.get(unit) ?? [])];
    for (const next of reached) {
      following.add(next);
      if (next.star) following.add(next.star);
    }
  }
  return following;
}

/** The bytes of a text between quotes, as EventBridge walks them: what goes before the first wildcard is walked once. */
function placesOf(all: readonly Wildcards[]): Place {
  const start = newPlace(false);
  for (const { key, all: wildcards } of all) {
    const end = newPlace(false, key);
    for (const parts of wildcards) {
      const [head = [], ...rest] = bytesOf(parts);
      let place = head.reduce((from, unit) => shared(from, unit, key), start);
      rest.forEach((part, i) => {
        place = i === 0 ? sharedStar(place, key) : starOf(place, key);
        for (const unit of part) place = added(place, unit, newPlace(false, key));
      });
      added(place, QUOTE, end);
    }
  }
  return start;
}

const newPlace = (isStar: boolean, ...matchers: string[]): Place => ({
  ...{ matchers: new Set(matchers), next: new Map(), isStar },
});

/** The bytes of each part, the opening quote before the first of them. */
function bytesOf(parts: Wildcard): number[][] {
  const encoder = new TextEncoder();
  return parts.map((part, i) => [...(i === 0 ? [QUOTE] : []), ...encoder.encode(part)]);
}

function shared(from: Place, unit: number, matcher: string): Place {
  const place = from.next.get(unit)?.[0] ?? added(from, unit, newPlace(false));
  place.matchers.add(matcher);
  return place;
}

function sharedStar(from: Place, matcher: string): Place {
  from.star ??= newPlace(true);
  from.star.matchers.add(matcher);
  return from.star;
}

function starOf(from: Place, matcher: string): Place {
  from.star = newPlace(true, matcher);
  return from.star;
}

function added(from: Place, unit: number, to: Place): Place {
  from.next.set(unit, [...(from.next.get(unit) ?? []), to]);
  return to;
}
