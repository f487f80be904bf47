import { raw } from 'hono/html';
import type { Product } from '../catalogue';

const SHAPES = {
  tea: '<rect x="30" y="26" width="40" height="56" rx="5"/><rect x="34" y="16" width="32" height="12" rx="3"/><path class="light" d="M50 44c12 4 12 18 0 26-12-8-12-22 0-26z"/>',
  mug: '<path d="M24 32h44v34a14 14 0 0 1-14 14H38a14 14 0 0 1-14-14z"/><path class="line" d="M68 40h6a9 9 0 0 1 0 24h-7"/><path class="steam" d="M38 24c-4-5 4-7 0-12M52 24c-4-5 4-7 0-12"/>',
  kettle:
    '<path d="M26 78c-6-22 4-38 22-38s28 16 22 38z"/><circle cx="48" cy="36" r="5"/><path class="line" d="M68 60c12-2 8-20 18-22M30 44c-2-30 38-30 36 0"/>',
  book: '<path d="M26 20h42a6 6 0 0 1 6 6v54H32a6 6 0 0 1-6-6z"/><path class="light" d="M36 34h28v5H36zM36 45h18v5H36z"/>',
} as const;

/** A drawing for each kind, in the colour of the product: the shelf looks alive without photographs. */
export function picture({ hue, kind }: Product) {
  return raw(
    `<svg class="picture" viewBox="0 0 100 100" style="--hue:${hue}" aria-hidden="true">${SHAPES[kind]}</svg>`,
  );
}
