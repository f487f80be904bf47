import { parseLogic } from '../../../lib/importers/argo/logic';
import { parseCondition } from '../../../lib/importers/buildkite/expression';
import { evaluateExpression } from '../../../lib/importers/circleci/expression';
import { parseExpression as githubExpression } from '../../../lib/importers/github/expression';
import { parseExpression as gitlabExpression } from '../../../lib/importers/gitlab/expression';
import {
  type Language,
  listUntil,
  operators,
  type Rule,
  readExpression,
  type Token,
  Unreadable,
} from '../../../lib/importers/grammar';

type Read = Token<'sign' | 'name'>;
const LANGUAGE: Language<Read> = {
  token: /\s+|#[^\n]*|(?<sign>[-*(),])|(?<name>[a-z]+)/y,
  most: 50,
  signOf: ({ sign }) => sign,
};

const sum: Rule<Read, string> = operators([['-'], ['*']], single, (sign, a, b) => `(${a}${sign}${b})`);

function single(reader: Parameters<typeof sum>[0]): string {
  if (reader.take('(')) return `[${listUntil(reader, ')', sum).join()}]`;
  const { name } = reader.next();
  if (name === undefined) throw new Unreadable('a value is missing');
  return name;
}

const read = (text: string) => readExpression(text, LANGUAGE, sum);

it.each([
  ['a - b - c', '((a-b)-c)'],
  ['a - b * c - d', '((a-(b*c))-d)'],
  ['a # - b\n - c # end', '(a-c)'],
  ['()', '[]'],
  ['(a, b - c)', '[a,(b-c)]'],
])('reads %j', (text, tree) => {
  expect(read(text)).toBe(tree);
});

it.each([
  ['', 'a value is missing'],
  ['a -', 'a value is missing'],
  ['- a', 'a value is missing'],
  ['a b', 'there is more than one expression'],
  ['(a', 'a ) is missing'],
  ['(a,)', 'a value is missing'],
  ['a ? b', '"? b" is not understood'],
  ['a'.repeat(3).split('').join(' - ').repeat(30), 'it has more than 50 parts'],
])('refuses %j', (text, reason) => {
  expect(() => read(text)).toThrow(new Unreadable(reason));
});

it('reads the next text from its beginning, whatever became of the one before', () => {
  expect(() => read('a - b ?')).toThrow(Unreadable);
  expect(read('a')).toBe('a');
});

const nested = (sign: string) => `${sign.repeat(20_000)}true`;

it.each<[string, (text: string) => unknown]>([
  ['GitHub', githubExpression],
  ['Buildkite', parseCondition],
  ['CircleCI', (text) => evaluateExpression(text, () => undefined)],
  ['Argo', (text) => parseLogic(text, /true/, () => true)],
])('%s: what is nested without end is no expression', (_, parse) => {
  expect(parse(nested('('))).toBeUndefined();
  expect(parse(nested('!'))).toBeUndefined();
});

it('GitLab: what is nested without end is no expression', () => {
  expect(() => gitlabExpression(nested('('))).toThrow('it has more than 100 parts');
});
