import type { Path } from '../../core/dag/check/problems';
import { LIMITS } from '../../core/limits';
import { type Place, refusal } from '../foreign';
import type { ArgoCall } from './schema';
import { fill, knownText, type Part, type Resolve } from './tags';

/** Over what a call is repeated: nothing, items that are known, a list that a node hands on, or nobody knows what. */
export type Items =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly items: readonly unknown[] }
  | { readonly kind: 'later'; readonly of: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** @throws RepriseError INPUT_INVALID @see https://argo-workflows.readthedocs.io/en/latest/walk-through/loops/ */
export function itemsOf(call: ArgoCall, resolve: Resolve, path: Path, at: Place): Items {
  const { withItems, withParam, withSequence } = call;
  if (withItems) return { kind: 'known', items: withItems.map((item) => filled(item, resolve)) };
  if (withParam) return listed(fill(withParam, resolve), [...path, 'withParam'], at);
  if (withSequence) return sequence(withSequence, resolve, [...path, 'withSequence'], at);
  return { kind: 'none' };
}

function filled(item: unknown, resolve: Resolve): unknown {
  if (typeof item !== 'string') return item;
  return knownText(fill(item, resolve)) ?? item;
}

function listed(parts: readonly Part[], path: Path, at: Place): Items {
  const text = knownText(parts);
  if (text === undefined) {
    const [only] = parts;
    if (parts.length === 1 && only?.kind === 'unknown' && only.of !== undefined)
      return { kind: 'later', of: only.of };
    const source = parts.find((part) => part.kind !== 'text');
    return {
      kind: 'unknown',
      why: `the items ${source && 'source' in source ? source.source : ''} are only known to Argo`,
    };
  }
  try {
    const items: unknown = JSON.parse(text);
    if (Array.isArray(items)) return { kind: 'known', items };
  } catch {
    // The same as JSON that is no list.
  }
  throw refusal(path, 'expected a list as JSON', at);
}

type Sequence = NonNullable<ArgoCall['withSequence']>;

/** From `start`, as many as `count` or up to `end`, which may lie below. A count may be nothing. */
function sequence({ count, start, end, format }: Sequence, resolve: Resolve, path: Path, at: Place): Items {
  const numbers = [count, start ?? 0, end].map((given) => {
    if (given === undefined || given === null) return undefined;
    const text = knownText(fill(String(given), resolve));
    return text === undefined ? Number.NaN : Number(text);
  });
  if (numbers.some((number) => Number.isNaN(number))) {
    return { kind: 'unknown', why: 'how long its sequence is, is only known to Argo' };
  }
  const [length, from = 0, to] = numbers;
  if (length === undefined && to === undefined) throw refusal(path, 'needs `count` or `end`', at);
  const step = to !== undefined && to < from ? -1 : 1;
  const total = length ?? Math.abs(to! - from) + 1;
  if (!Number.isInteger(total) || total > LIMITS.nodes) throw refusal(path, 'is no number of nodes', at);
  const shape = format ?? '%d';
  const form = /^([^%]*)%(0?)(\d*)(d|x|X)([^%]*)$/.exec(shape);
  if (!form) return { kind: 'unknown', why: `the format ${shape} of its sequence is not known here` };
  const items = Array.from({ length: total }, (_, i) => formatted(from + i * step, form));
  return { kind: 'known', items };
}

function formatted(
  number: number,
  [, before = '', zero, width = '', kind, after = '']: RegExpExecArray,
): string {
  const digits = kind === 'd' ? String(number) : number.toString(16);
  const text = kind === 'X' ? digits.toUpperCase() : digits;
  return `${before}${text.padStart(Number(width), zero ? '0' : ' ')}${after}`;
}
