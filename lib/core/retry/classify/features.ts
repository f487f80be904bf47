import { FAMILIES } from './families';
import type { Rule } from './rules';

/** How many features the model tells apart: the name of each is hashed to a number below this. */
export const FEATURE_COUNT = 2 ** 15;

/** A message as the model sees it: which features it has, and how much each of them counts. */
export interface Features {
  readonly index: Uint32Array;
  readonly value: Float32Array;
}

/** A feature that a person can read: a word, two words in a row, a family, a rule. */
export interface NamedFeature {
  readonly name: string;
  readonly index: number;
}

const MAX_WORDS = 150;
const FAMILY_VALUE = 0.7;
const [SHORTEST_GRAM, LONGEST_GRAM] = [3, 5];
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Tells words from pieces of them. */
const WORD = hashed('word', FNV_OFFSET);

const families = Object.entries(FAMILIES).map(([name, pattern]) => ({
  ...{ name, pattern, index: indexOf(`family ${name}`) },
}));

/**
 * Words, pairs of words, pieces of words (3 to 5 characters), families of wordings, and the rules that match.
 * @param text normalised
 */
export function featuresOf(text: string, rules: readonly Rule[]): Features {
  const words = wordsOf(text);
  gathered.add(termIndices(words));
  gathered.add(gramIndices(words));
  for (const { index } of meaningsOf(text, rules)) gathered.set(index, FAMILY_VALUE);
  return gathered.take();
}

/** The features of `featuresOf` that have a name to show. */
export function namedFeaturesOf(text: string, rules: readonly Rule[]): NamedFeature[] {
  return [...meaningsOf(text, rules), ...termsOf(wordsOf(text))];
}

/**
 * Features as they are found. A map would do the same at three times the cost, and this is most of the work; the arrays
 * are as good as new after `take`.
 */
class Gathered {
  readonly #values = new Float32Array(FEATURE_COUNT);
  readonly #round = new Uint32Array(FEATURE_COUNT);
  #rounds = 0;
  #found: number[] = [];

  /** Adds each index once; all of them together have the length 1. */
  add(indices: readonly number[]): void {
    this.#rounds += 1;
    const unique: number[] = [];
    for (const index of indices) {
      if (this.#round[index] === this.#rounds) continue;
      this.#round[index] = this.#rounds;
      unique.push(index);
    }
    const each = 1 / Math.sqrt(Math.max(1, unique.length));
    for (const index of unique) this.set(index, this.#values[index]! + each);
  }

  set(index: number, value: number): void {
    if (this.#values[index] === 0) this.#found.push(index);
    this.#values[index] = value;
  }

  take(): Features {
    const index = Uint32Array.from(this.#found);
    const value = new Float32Array(index.length);
    for (let i = 0; i < index.length; i++) {
      value[i] = this.#values[index[i]!]!;
      this.#values[index[i]!] = 0;
    }
    this.#found = [];
    return { index, value };
  }
}

const gathered = new Gathered();

/** The families of wordings and the rules that it matches. */
export function meaningsOf(text: string, rules: readonly Rule[]): NamedFeature[] {
  return [
    ...rules.map(({ name }) => ({ name, index: indexOf(`rule ${name}`) })),
    ...families.filter(({ pattern }) => pattern.test(text)),
  ];
}

function termsOf(words: readonly string[]): NamedFeature[] {
  const names = words.flatMap((word, i) =>
    i + 1 < words.length ? [word, `${word} ${words[i + 1]}`] : [word],
  );
  const indices = termIndices(words);
  return names.map((name, i) => ({ name, index: indices[i]! }));
}

/** Of each word, and of it with the next one. */
function termIndices(words: readonly string[]): number[] {
  const indices: number[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = hashed(words[i]!, WORD);
    indices.push(mixed(word));
    if (i + 1 < words.length) indices.push(mixed(hashed(words[i + 1]!, Math.imul(word, FNV_PRIME))));
  }
  return indices;
}

/** Lower case; an identifier in its parts; placeholders left out. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  const found = text.replace(/<\w+>/g, ' ').match(/[A-Za-z][A-Za-z0-9_']*|\b\d{1,3}\b|-?[!=]==?|->/g) ?? [];
  for (const word of found) {
    if (words.length >= MAX_WORDS) break;
    const parts = word.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z']+|\d+/g) ?? [];
    if (parts.length > 1) words.push(...parts.map((part) => part.toLowerCase()));
    else words.push(word.toLowerCase());
  }
  return words;
}

function gramIndices(words: readonly string[]): number[] {
  const indices: number[] = [];
  for (const word of new Set(words)) {
    const whole = ` ${word} `;
    for (let start = 0; start + SHORTEST_GRAM <= whole.length; start++) {
      const end = Math.min(start + LONGEST_GRAM, whole.length);
      let code = FNV_OFFSET;
      for (let at = start; at < end; at++) {
        code = Math.imul(code ^ whole.charCodeAt(at), FNV_PRIME);
        if (at - start + 1 >= SHORTEST_GRAM) indices.push(mixed(code));
      }
    }
  }
  return indices;
}

/** FNV-1a (RFC 9923), mixed at the end: its low bits alone are poor. */
function indexOf(name: string): number {
  return mixed(hashed(name, FNV_OFFSET));
}

function hashed(name: string, seed: number): number {
  let code = seed;
  for (let i = 0; i < name.length; i++) code = Math.imul(code ^ name.charCodeAt(i), FNV_PRIME);
  return code;
}

function mixed(code: number): number {
  const spread = Math.imul(code ^ (code >>> 16), 0x85ebca6b);
  return ((spread ^ (spread >>> 13)) >>> 0) % FEATURE_COUNT;
}
