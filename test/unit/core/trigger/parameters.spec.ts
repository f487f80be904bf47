import fc from 'fast-check';
import { LIMITS } from '../../../../lib/core/limits';
import { parametersSchema } from '../../../../lib/core/model/parameters';
import { resolveParameters } from '../../../../lib/core/trigger/parameters';

const event = {
  id: '1',
  'detail-type': 'push',
  detail: { ref: 'main', count: 3, ok: false, none: null, who: { name: 'ana' }, files: ['a', 'b'] },
};
const value = (text: string) => resolveParameters({ x: text }, event)['x'];

describe('the parameters of a job that an event starts', () => {
  it.each([
    ['$.detail.ref', 'main'],
    ['$.detail-type', 'push'],
    ['$.detail.who.name', 'ana'],
    ['$.detail.count', '3'],
    ['$.detail.ok', 'false'],
    ['$.detail.who', '{"name":"ana"}'],
    ['$.detail.files', '["a","b"]'],
    ['$.detail.files.1', 'b'],
    ['$.detail.files[1]', 'b'],
    ['$.detail.files[7]', ''],
    ['$.detail.none', ''],
    ['$.detail.absent.deep', ''],
    ['$.detail.ref.length', ''],
    ['$.detail.constructor', ''],
    ['main', 'main'],
    ['$', '$'],
    ['costs $.detail.ref', 'costs $.detail.ref'],
  ])('%s is %j', (text, resolved) => {
    expect(value(text)).toBe(resolved);
  });

  it('are cut at 1,024 characters, and never in the middle of one', () => {
    const long = (ref: string) => resolveParameters({ x: '$.detail.ref' }, { detail: { ref } })['x'];
    expect(long('a'.repeat(5_000))).toBe('a'.repeat(1_024));
    expect(long('😀'.repeat(900))).toBe('😀'.repeat(900));
    expect(long('a\ud83d')).toBe('a\ufffd');
  });

  it('always fit a job, whatever the event holds; what the trigger says itself is left alone', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '"', '\n', 'é', '😀', '\u0000'),
      minLength: 600,
      maxLength: 1_500,
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (texts) => {
        const detail = Object.fromEntries(texts.map((one, i) => [`p${i}`, one]));
        const paths = Object.fromEntries(texts.map((_, i) => [`p${i}`, `$.detail.p${i}`]));
        const resolved = resolveParameters({ fixed: 'kept', ...paths }, { detail });
        expect(parametersSchema.safeParse(resolved).success).toBe(true);
        expect(resolved['fixed']).toBe('kept');
        for (const [i, one] of texts.entries())
          expect(one.replaceAll('\0', '\uFFFD').startsWith(resolved[`p${i}`] as string)).toBe(true);
        const used = new TextEncoder().encode(JSON.stringify(resolved)).length;
        if (texts.length > 7) expect(used).toBeGreaterThan(LIMITS.parameterBytes - 7);
      }),
    );
  });
});
