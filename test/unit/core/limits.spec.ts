import { readFileSync } from 'node:fs';
import { BOUNDS } from '../../../lib/core/limits';

const docs = readFileSync('docs/limits.md', 'utf8');

/** A bound as the documentation shows it. */
const rows = Object.entries(BOUNDS).map(([name, { most, unit, of, past }]) => {
  const error = past === 'cut' ? 'cut' : `\`${past}\``;
  return `| \`${name}\` | ${most.toLocaleString('en')}${unit === 'of them' ? '' : ` ${unit}`} | ${of} | ${error} |`;
});

describe('the bounds', () => {
  it.each(rows)('stand in the documentation: %s', (row) => {
    expect(docs).toContain(`${row}\n`);
  });

  it('are all that the documentation lists', () => {
    expect(docs.match(/^\| `.*$/gm)).toEqual(rows);
  });
});
