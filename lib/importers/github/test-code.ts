import { present } from '../../core/model/present';

/** Something that is true or false once a run has come so far: constant, or JSONata. */
export type Test =
  | boolean
  /** `opposite`: what holds where it does not, where that reads better. */
  | { readonly kind: 'atom'; readonly text: string; readonly opposite?: string }
  | { readonly kind: 'not'; readonly of: Test }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Test[] };

export function atom(text: string, opposite?: string): Test {
  return { kind: 'atom', text, ...present({ opposite }) };
}

export function not(test: Test): Test {
  if (typeof test === 'boolean') return !test;
  if (test.kind === 'not') return test.of;
  if (test.kind === 'atom' && test.opposite !== undefined) return atom(test.opposite, test.text);
  return { kind: 'not', of: test };
}

export function all(...tests: readonly Test[]): Test {
  return joined('all', tests);
}

export function any(...tests: readonly Test[]): Test {
  return joined('any', tests);
}

/** Without what is said twice, and decided where a part and its opposite are among them. */
function joined(kind: 'all' | 'any', tests: readonly Test[]): Test {
  const stops = kind === 'any';
  const parts = new Map<string, Test>();
  for (const test of tests.flatMap((each) => partsOf(kind, each))) {
    if (test === stops) return stops;
    if (test !== !stops) parts.set(testText(test), test);
  }
  const found = [...parts.values()];
  if (found.some((test) => parts.has(testText(not(test))))) return stops;
  if (found.length === 0) return !stops;
  return found.length === 1 ? found[0]! : { kind, of: found };
}

/** What is joined to a test; the test itself where nothing is. */
export function partsOf(kind: 'all' | 'any', test: Test): readonly Test[] {
  return typeof test === 'object' && test.kind === kind ? test.of : [test];
}

/** As JSONata, which stands by itself. */
export function testText(test: Test): string {
  if (typeof test === 'boolean') return String(test);
  if (test.kind === 'atom') return test.text;
  if (test.kind === 'not') return `$not(${testText(test.of)})`;
  return test.of.map(innerText).join(test.kind === 'all' ? ' and ' : ' or ');
}

function innerText(test: Test): string {
  const text = testText(test);
  return typeof test === 'object' && (test.kind === 'all' || test.kind === 'any') ? `(${text})` : text;
}
