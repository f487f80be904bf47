import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_KINDS } from '../../../lib/chaos/faults';
import { INVARIANTS } from '../../../lib/chaos/invariants/all';
import { MUTANTS } from '../../simulation/chaos/mutants';

const page = readFileSync(join(__dirname, '../../../docs/chaos.md'), 'utf8');
const rowsOf = (head: string): string[] => {
  const [, below = ''] = page.split(`${head}\n`);
  const [table = ''] = below.split('\n\n');
  return table.split('\n').slice(1);
};

describe('docs/chaos.md', () => {
  it('names every fault', () => {
    const named = [
      ...rowsOf('| kind | what it does |')
        .join('\n')
        .matchAll(/`(\w+)`/g),
    ].map(([, name]) => name);
    expect(named.sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('has every invariant with its promise', () => {
    const rows = INVARIANTS.map(({ name, says }) => `| \`${name}\` | ${says} |`);
    expect(rowsOf('| invariant | promise |')).toEqual(rows);
  });

  it('has every mutant with what finds it', () => {
    const rows = MUTANTS.map(
      ({ name, caughtBy }) => `| ${name} | ${caughtBy.map((by) => `\`${by}\``).join(', ')} |`,
    );
    expect(rowsOf('| mutant | found by |')).toEqual(rows);
  });
});
