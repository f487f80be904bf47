import fc from 'fast-check';
import { listLine, namesExactly } from '../../../../lib/reports/formats/playwright-list';

const line = (title: string, over: object = {}) =>
  listLine({ project: 'p', file: 'a.spec.ts', suites: ['d'], title, ...over });

describe('a line of the list of tests that Playwright reads', () => {
  it('names project, file, describes and title', () => {
    expect(line('adds > 1')).toBe('[p] › a.spec.ts › d › adds > 1');
    expect(line('adds', { project: '' })).toBe('a.spec.ts › d › adds');
  });

  it.each(['one › two', 'x›y', ' leading', 'trailing ', 'two\nlines', ''])(
    'ends before a title that no line can say: %j',
    (title) => {
      expect(line(title)).toBe('[p] › a.spec.ts › d');
      expect(namesExactly(line(title) ?? '', { suites: ['d'], title })).toBe(false);
    },
  );

  it('ends before a describe that no line can say', () => {
    expect(line('t', { suites: ['a › b', 'c'] })).toBe('[p] › a.spec.ts');
  });

  it.each(['[id].spec.ts', '#a.spec.ts', 'a.spec.ts:3', 'a › b.ts', ' a.ts'])(
    'is none for the file %j',
    (file) => {
      expect(line('t', { file })).toBeUndefined();
    },
  );

  it('is none for a project with brackets in its name', () => {
    expect(line('t', { project: 'a]b' })).toBeUndefined();
  });

  // `loadTestList` of Playwright 1.65: split at the sign, trimmed, a test whose names begin so is listed.
  it('lists the test, whatever its names are', () => {
    const name = fc.string({ unit: fc.constantFrom('a', ' ', '›', '>', '[', ']', '\n', '#', ':', '1') });
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 3 }), name, (project, suites, title) => {
        const written = listLine({ project, file: 'a.spec.ts', suites, title });
        if (written === undefined) return;
        expect(written).not.toContain('\n');
        const tokens = written.split(written.includes('›') ? '›' : '>').map((token) => token.trim());
        if (tokens[0]?.startsWith('[')) expect(tokens.shift()).toBe(`[${project}]`);
        expect(tokens[0]).toBe('a.spec.ts');
        expect([...suites, title].slice(0, tokens.length - 1)).toEqual(tokens.slice(1));
      }),
    );
  });
});
