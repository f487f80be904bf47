import {
  type Language,
  operators,
  type Reader,
  type Rule,
  readExpression,
  type Token,
  Unreadable,
} from '../grammar';

/** An expression of `rules:if`. */
export type Expression =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'value'; readonly value: string | boolean | null }
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
  | { readonly kind: 'not'; readonly inner: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = '==' | '!=' | '=~' | '!~' | '&&' | '||';

type Read = Token<'variable' | 'double' | 'single' | 'pattern' | 'flags' | 'word' | 'sign'>;

const TOKEN =
  /\s*(?:(?<variable>\$\w+|\$\{\w+\})|"(?<double>[^"]*)"|'(?<single>[^']*)'|\/(?<pattern>(?:[^/\\]|\\.)+)\/(?<flags>[ismU]*)|(?<word>null|true|false)\b|(?<sign>==|=~|!=|!~|&&|\|\||[()!]))/y;

/** GitLab allows no more than 100 tokens. */
const LANGUAGE: Language<Read> = { token: TOKEN, most: 100, signOf: ({ sign }) => sign };

const WORDS: Readonly<Record<string, boolean | null>> = { null: null, true: true, false: false };

const expression: Rule<Read, Expression> = operators(
  [['||'], ['&&'], ['==', '!=', '=~', '!~']],
  operand,
  (operator: Operator, left, right) => ({ kind: 'binary', operator, left, right }),
);

/**
 * Reads an expression. @throws Unreadable that says what is wrong with it
 * @see https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
 */
export function parseExpression(text: string): Expression {
  return readExpression(text, LANGUAGE, expression);
}

function operand(reader: Reader<Read>): Expression {
  if (reader.take('!')) return { kind: 'not', inner: operand(reader) };
  if (reader.take('(')) {
    const inner = expression(reader);
    reader.need(')');
    return inner;
  }
  const { variable, double, single, pattern, flags, word, sign } = reader.next();
  if (sign !== undefined) throw new Unreadable('a value is missing');
  if (variable !== undefined) return { kind: 'variable', name: variable.replace(/^\$\{?|\}$/g, '') };
  if (pattern !== undefined) {
    return { kind: 'pattern', source: pattern.replaceAll('\\/', '/'), flags: flags ?? '' };
  }
  if (word !== undefined) return { kind: 'value', value: WORDS[word] as boolean | null };
  return { kind: 'value', value: double ?? single ?? '' };
}
