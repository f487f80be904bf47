import { setTimeout as pause } from 'node:timers/promises';
import { CATALOGUE } from './catalogue';

const PAGES = 80;
const ORDERS_ON_A_PAGE = 200;
/** What one page of the warehouse's export costs; the whole export is why a cold start is slow. */
const MS_PER_PAGE = 25;

/** Past orders, as lists of product ids, page by page. The same orders every time. */
export async function* orderHistory(): AsyncGenerator<readonly (readonly string[])[]> {
  const random = sequence(1906);
  const pick = () => CATALOGUE[Math.floor(random() * CATALOGUE.length)]!.id;
  for (let page = 0; page < PAGES; page++) {
    await pause(MS_PER_PAGE);
    yield Array.from({ length: ORDERS_ON_A_PAGE }, () => [...new Set([pick(), pick(), pick()])]);
  }
}

/** Numbers in [0, 1) from a seed (mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
