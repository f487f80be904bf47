import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatMoney, percentOf } from '../../app/money';

describe('money', () => {
  it('shows two decimals and groups thousands', () => {
    assert.equal(formatMoney(5), '€0.05');
    assert.equal(formatMoney(990), '€9.90');
    assert.equal(formatMoney(1234567), '€12,345.67');
  });

  it('shows what is taken off with a minus', () => {
    assert.equal(formatMoney(-150), '-€1.50');
  });

  it('rounds percentages to the nearest cent, halves up', () => {
    assert.equal(percentOf(995, 10), 100);
    assert.equal(percentOf(994, 10), 99);
  });
});
