import { decodeUtf8 } from '../../../../lib/core/model/utf8';

describe('text that comes in', () => {
  it('is UTF-8, and loses the mark before it', () => {
    expect(decodeUtf8(Buffer.from('\ufeffname: Grüße 🌍'))).toEqual({ text: 'name: Grüße 🌍' });
    expect(decodeUtf8(Buffer.from(''))).toEqual({ text: '' });
  });

  it.each<[string, Buffer, string]>([
    [
      'Latin-1',
      Buffer.from('name: g\nrun: echo caf\xe9\n', 'latin1'),
      'is not UTF-8 (line 2): save it as UTF-8',
    ],
    ['UTF-16', Buffer.from('\ufeffname: g', 'utf16le'), 'is not UTF-8 but UTF-16: save it as UTF-8'],
    [
      'UTF-16, the other way around',
      Buffer.from('\ufeffname: g', 'utf16le').swap16(),
      'is not UTF-8 but UTF-16: save it as UTF-8',
    ],
    ['cut short', Buffer.from('a: ü').subarray(0, 4), 'is not UTF-8 (line 1): save it as UTF-8'],
    ['half of a pair', Buffer.from([0x0a, 0xed, 0xa0, 0x80]), 'is not UTF-8 (line 2): save it as UTF-8'],
  ])('in %s is refused, with the line', (_, bytes, problem) => {
    expect(decodeUtf8(bytes)).toEqual({ problem });
  });
});
