import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CATALOGUE, search } from '../../app/catalogue';

describe('search', () => {
  it('finds words anywhere, in any case', () => {
    assert.deepEqual(
      search('BERGAMOT').map(({ id }) => id),
      ['earl-grey'],
    );
  });

  it('wants every word', () => {
    assert.deepEqual(
      search('mug blue').map(({ id }) => id),
      ['mug-sky'],
    );
  });

  it('shows everything when nothing is asked', () => {
    assert.equal(search('  ').length, CATALOGUE.length);
  });
});
