/** A word that was not understood, what it may have meant, and what to say where nothing is close. */
export interface Unknown {
  readonly word: string;
  readonly among: Iterable<string>;
  readonly otherwise?: string;
}

/**
 * Hints for the mistakes of one document: `, did you mean ...?`, or what to say otherwise. A file can hold more mistakes
 * and more candidates than there is time to compare: past the effort nothing is close any more.
 * @param effort letters that are compared at most, for all hints together.
 */
export function createHints(effort: number): (unknown: Unknown) => string {
  let left = effort;

  /** The candidate that the word most likely meant: at most a third of its letters may differ. */
  function nearest(word: string, among: Iterable<string>): string | undefined {
    const lower = word.toLowerCase();
    let best: string | undefined;
    let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
    for (const candidate of among) {
      left -= 1;
      if (left <= 0) return undefined;
      if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
      const { distance, compared } = editDistance(lower, candidate.toLowerCase(), bestDistance);
      left -= compared;
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  return ({ word, among, otherwise = '' }) => {
    const match = nearest(word, among);
    return match === undefined ? otherwise : `, did you mean ${JSON.stringify(match)}?`;
  };
}

/** Edit distance with swapped neighbours counted once (optimal string alignment); stops early past `limit`. */
function editDistance(one: string, other: string, limit: number): { distance: number; compared: number } {
  const [a, b] = apart(one, other);
  const passed = one.length - a.length;
  let [beforeLast, last, row] = [0, 1, 2].map(() => new Uint16Array(b.length + 1)) as Rows;
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let lowest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row[j] = cost;
      if (cost < lowest) lowest = cost;
    }
    if (lowest >= limit) return { distance: limit, compared: passed + i * b.length };
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return { distance: last[b.length]!, compared: passed + (a.length + 1) * (b.length + 1) };
}

type Rows = [Uint16Array, Uint16Array, Uint16Array];

/** Two words without what both begin and end with. */
function apart(a: string, b: string): [string, string] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}
