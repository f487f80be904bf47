import { endsIgnoringCase, equalsIgnoringCase } from '../../../../../lib/core/trigger/pattern/text';

const units = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));

describe('text without regard to case', () => {
  it('can be read from either end: no case of a letter begins or ends as the other does', () => {
    const alike = units.filter((unit) => {
      const [lower, upper] = [unit.toLowerCase(), unit.toUpperCase()].sort((a, b) => a.length - b.length);
      return lower !== upper && (upper?.startsWith(lower ?? '') || upper?.endsWith(lower ?? ''));
    });
    expect(alike).toEqual([]);
  });

  it('is the lower or the upper case of each letter of the pattern, and what these become', () => {
    expect(equalsIgnoringCase('STRASSE 1', 'straße 1')).toBe(true);
    expect(equalsIgnoringCase('strasse', 'straße')).toBe(false);
    expect(endsIgnoringCase('GROSSE STRASSE', 'straße')).toBe(true);
    expect(endsIgnoringCase('E', 'straße')).toBe(false);
  });

  it('does not find a letter that is in neither case', () => {
    const lost = units.filter((unit) => !equalsIgnoringCase(unit, unit));
    expect(lost).toContain('ǅ');
    expect(lost.every((unit) => unit !== unit.toLowerCase() && unit !== unit.toUpperCase())).toBe(true);
  });
});
