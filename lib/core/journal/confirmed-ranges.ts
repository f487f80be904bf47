/** Events `from` to `to` of a stream, whose effects are performed. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * How far a mark gets over ranges that were confirmed ahead of it.
 * @returns the mark, and the ranges that it has passed.
 */
export function absorbed(
  mark: number,
  ahead: readonly Range[],
): { readonly mark: number; readonly passed: readonly Range[] } {
  let reached = mark;
  const passed: Range[] = [];
  for (const range of [...ahead].sort((a, b) => a.from - b.from)) {
    if (range.from > reached + 1) break;
    reached = Math.max(reached, range.to);
    passed.push(range);
  }
  return { mark: reached, passed };
}
