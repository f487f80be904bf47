import { readFileSync } from 'node:fs';
import { ERRORS, RepriseError } from '../../../lib/core/errors';

describe('the error catalogue', () => {
  it.each(Object.keys(ERRORS))('documents %s', (code) => {
    expect(readFileSync('docs/errors.md', 'utf8')).toContain(`\`${code}\``);
  });

  it('says of every error whether to try again', () => {
    expect(new RepriseError('VERSION_CONFLICT', 'x').disposition).toBe('retryable');
    expect(new RepriseError('GRAPH_CYCLE', 'x').disposition).toBe('terminal');
  });
});
