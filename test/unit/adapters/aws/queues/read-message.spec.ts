import { z } from 'zod';
import {
  MESSAGE_VERSION,
  readMessage,
  writeMessage,
} from '../../../../../lib/adapters/aws/queues/read-message';

const strict = z.strictObject({
  to: z.strictObject({ id: z.string() }),
  list: z.array(z.strictObject({ n: z.number() })).optional(),
  work: z.union([
    z.strictObject({ run: z.string() }),
    z.strictObject({ suite: z.string(), part: z.number().optional() }),
  ]),
});
const read = (body: object) => readMessage(strict, JSON.stringify(body));

describe('a message between functions', () => {
  it('carries the version of its sender', () => {
    expect(JSON.parse(writeMessage({ say: 'hello' }))).toEqual({ v: MESSAGE_VERSION, say: 'hello' });
  });

  it('holds no character that SQS refuses, and is read as it was', () => {
    const say = '\u0000\u001f\u007f\ud800\ud7ff\ue000\ufffd\ufffe\uffff\u{1f600}';
    const text = writeMessage({ say });
    // https://www.w3.org/TR/REC-xml/#charsets
    expect(text).toMatch(/^[ -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    expect(readMessage(z.object({ say: z.string() }), text)).toEqual({ say });
  });

  it('is read without what its reader does not know, at any depth, however strict its schema', () => {
    const known = { to: { id: 'j' }, list: [{ n: 1 }, { n: 2 }], work: { suite: 's', part: 1 } };
    const more = {
      ...{ v: 7, later: {} },
      to: { id: 'j', region: 'mars' },
      list: [{ n: 1, m: 1 }, { n: 2 }],
      work: { suite: 's', part: 1, colour: 'red' },
    };
    expect(read(more)).toEqual(known);
    expect(read(known)).toEqual(known);
  });

  it('that lacks something is none of the queue, and says what', () => {
    const invalid = { code: 'INPUT_INVALID', message: expect.stringContaining('to.id') };
    expect(() => read({ to: {}, work: { run: 'x' } })).toThrow(expect.objectContaining(invalid));
    expect(() => readMessage(strict, 'x')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    expect(() => readMessage(strict, 'null')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('that lacks it in the words of a later version waits for that', () => {
    const newer = expect.objectContaining({ code: 'MESSAGE_NEWER' });
    expect(() => read({ v: MESSAGE_VERSION + 1, at: 'j' })).toThrow(newer);
    expect(() => read({ v: MESSAGE_VERSION, at: 'j' })).not.toThrow(newer);
  });
});
