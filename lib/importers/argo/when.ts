import { parseLogic, type Truth, truthOf } from './logic';
import type { Part } from './tags';

interface Comparison {
  readonly left: Operand;
  readonly sign: string;
  readonly right: Operand;
}

type Operand =
  | { readonly kind: 'text' | 'number' | 'truth'; readonly value: string }
  | { readonly kind: 'result'; readonly jsonata: string };

const VALUE = `"[^"]*"|'[^']*'|[^\\s()&|!=<>~]+`;
const COMPARISON = new RegExp(`(?:${VALUE})\\s*(?:==|!=|<=|>=|<|>)\\s*(?:${VALUE})|(?:${VALUE})`);
/** Stands in a condition for the n-th result that is known only later; no value that people write looks like it. */
const MARK = /^\ue000(\d+)$/;

/**
 * A condition whose tags are put in, as govaluate reads it: bare words are text.
 * @returns undefined where it is more than comparisons with `&&`, `||` and `!`
 * @see https://argo-workflows.readthedocs.io/en/latest/walk-through/conditionals/
 */
export function whenTruth(parts: readonly Part[]): Truth | undefined {
  const results: string[] = [];
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') text += part.text;
    else {
      if (part.kind !== 'unknown' || part.jsonata === undefined) return undefined;
      text += `\ue000${results.push(part.jsonata) - 1}`;
    }
  }
  let isKnown = true;
  const logic = parseLogic<Truth>(text, COMPARISON, (token) => {
    const read = comparison(token, results);
    const truth = read && compare(read);
    if (truth === undefined) isKnown = false;
    return truth ?? false;
  });
  return logic && isKnown ? truthOf(logic, (truth) => truth) : undefined;
}

function comparison(token: string, results: readonly string[]): Comparison | undefined {
  const values = new RegExp(`^(${VALUE})\\s*(==|!=|<=|>=|<|>)\\s*(${VALUE})$`).exec(token);
  if (values) {
    return { left: operand(values[1]!, results), sign: values[2]!, right: operand(values[3]!, results) };
  }
  if (token !== 'true' && token !== 'false') return undefined;
  return { left: operand(token, results), sign: '==', right: { kind: 'truth', value: 'true' } };
}

function operand(text: string, results: readonly string[]): Operand {
  const bare = text.replace(/^(["'])(.*)\1$/s, '$2');
  const mark = MARK.exec(bare)?.[1];
  if (mark !== undefined) return { kind: 'result', jsonata: results[Number(mark)]! };
  if (bare !== text) return { kind: 'text', value: bare };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'number', value: text };
  return { kind: text === 'true' || text === 'false' ? 'truth' : 'text', value: text };
}

function compare({ left, sign, right }: Comparison): Truth | undefined {
  if (left.kind === 'result' || right.kind === 'result') return compareLater(left, sign, right);
  if (/\ue000/.test(left.value + right.value) || left.kind !== right.kind) return undefined;
  const isNumber = left.kind === 'number';
  const [a, b] = isNumber ? [Number(left.value), Number(right.value)] : [left.value, right.value];
  if (sign === '==') return a === b;
  if (sign === '!=') return a !== b;
  if (!isNumber) return undefined;
  return { '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b }[sign];
}

/** What a node prints is text; beside a number it is read as one, and fails the node that asks where it is none. */
function compareLater(left: Operand, sign: string, right: Operand): Truth | undefined {
  const isNumber = [left, right].some(({ kind }) => kind === 'number');
  const isOrder = sign !== '==' && sign !== '!=';
  if (isOrder && !isNumber) return undefined;
  const texts = [left, right].map((each) => {
    if (each.kind === 'result') return isNumber ? `$number(${each.jsonata})` : each.jsonata;
    return isNumber ? each.value : JSON.stringify(each.value);
  });
  if (texts.some((text) => text.includes('\ue000'))) return undefined;
  const [a, b] = texts;
  if (sign === '==') return `${a} = ${b}`;
  // A comparison with what is not there does not hold, so its opposite does.
  return sign === '!=' ? `$not(${a} = ${b})` : `${a} ${sign} ${b}`;
}
