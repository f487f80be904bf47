/** The lower triangle of a square matrix of bits: row i has a column for each number up to i, 32 of them a word. */
export interface BitTriangle {
  readonly size: number;
  /** Per row its first word. */
  readonly start: Uint32Array;
  readonly words: Uint32Array;
}

export function bitTriangle(size: number): BitTriangle {
  const start = new Uint32Array(size + 1);
  for (let row = 0; row < size; row++) start[row + 1] = start[row]! + (row >>> 5) + 1;
  return { size, start, words: new Uint32Array(start[size]!) };
}

/** @param column no higher than `row`. */
export function hasBit({ start, words }: BitTriangle, row: number, column: number): boolean {
  return ((words[start[row]! + (column >>> 5)]! >>> (column & 31)) & 1) === 1;
}

/** @param column no higher than `row`. */
export function setBit({ start, words }: BitTriangle, row: number, column: number): void {
  const word = start[row]! + (column >>> 5);
  words[word] = words[word]! | (1 << (column & 31));
}

/** Adds all of row `from` to a row `to` below it. */
export function addRow({ start, words }: BitTriangle, to: number, from: number): void {
  const a = start[to]!;
  const b = start[from]!;
  const length = start[from + 1]! - b;
  for (let k = 0; k < length; k++) words[a + k] = words[a + k]! | words[b + k]!;
}
