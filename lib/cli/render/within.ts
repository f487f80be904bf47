/**
 * Blocks of text joined in their order, as many as fit.
 * @param limit bytes of UTF-8
 * @param more what stands in place of those that do not fit, given their number
 */
export function within(blocks: readonly string[], limit: number, more: (left: number) => string): string {
  const sizes = blocks.map((block) => Buffer.byteLength(block));
  let room = limit;
  if (sizes.reduce((sum, size) => sum + size, 0) <= room) return blocks.join('');
  const kept: string[] = [];
  room -= Buffer.byteLength(more(blocks.length));
  for (const [i, block] of blocks.entries()) {
    room -= sizes[i]!;
    if (room < 0) break;
    kept.push(block);
  }
  return [...kept, more(blocks.length - kept.length)].join('');
}
