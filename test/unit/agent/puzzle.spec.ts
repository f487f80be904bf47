import { createPuzzle } from '../../../lib/agent/puzzle';
import { callTexts, type EngineCall } from '../../../lib/contract/worker-socket';

const id = (n: number) => `6a0f4e52-3f0a-4a7e-9d7e-${String(n).padStart(12, '0')}`;
const submit = (run: string, n = 1): EngineCall => ({
  ...{ type: 'submit', id: id(n) },
  execution: { work: { kind: 'command', run } },
});

it('a short call is one message', () => {
  const call = submit('make');
  const texts = callTexts(call);
  expect(texts).toHaveLength(1);
  expect(createPuzzle().take(texts[0] as string)).toEqual(call);
});

it.each([
  ['as they were sent', (texts: string[]) => texts],
  ['in another order', (texts: string[]) => [...texts].reverse()],
  ['some of them twice', (texts: string[]) => [...texts.slice(0, 2), ...texts]],
])('a long call is cut into messages that the gateway takes, and whole again %s', (_, order) => {
  const call = submit('é'.repeat(60_000));
  const texts = callTexts(call);
  expect(texts.length).toBeGreaterThan(3);
  for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32 * 1024);
  const puzzle = createPuzzle();
  const taken = order(texts).map((text) => puzzle.take(text));
  expect(taken.filter((message) => message?.type === 'submit')).toEqual([call]);
  expect(taken.at(-1)).toEqual(call);
});

it('the longest call that is cut into no parts is as long as the gateway takes', () => {
  const around = Buffer.byteLength(JSON.stringify(submit('')));
  expect(callTexts(submit('x'.repeat(32 * 1024 - around)))).toHaveLength(1);
  expect(callTexts(submit('x'.repeat(32 * 1024 - around + 1))).length).toBeGreaterThan(1);
});

it('of calls that never become whole only the latest are kept', () => {
  const puzzle = createPuzzle();
  const cut = (n: number) => callTexts(submit('x'.repeat(40_000), n));
  for (let n = 0; n < 40; n++) puzzle.take(cut(n)[0] as string);
  expect(puzzle.take(cut(0)[1] as string)?.type).toBe('part');
  expect(puzzle.take(cut(39)[1] as string)?.type).toBe('submit');
});

it.each([
  '',
  'null',
  '{"message": "Internal server error", "connectionId": "c", "requestId": "r"}',
  '{"type":"dance"}',
])('what is no message of the contract is none: %j', (text) => {
  expect(createPuzzle().take(text)).toBeUndefined();
});
