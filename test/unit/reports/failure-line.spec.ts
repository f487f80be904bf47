import { failureLine } from '../../../lib/reports/failure-line';

describe('the line at which a test failed', () => {
  it.each([
    [
      'Jest',
      'test/cart.spec.ts',
      'Error: no\n    at add (/w/lib/cart.ts:3:1)\n    at Object.<anonymous> (/w/test/cart.spec.ts:12:5)\n    at /w/test/cart.spec.ts:40:1',
      12,
    ],
    ['Vitest', 'cart.test.ts', ' ❯ cart.test.ts:7:13', 7],
    ['Mocha with modules', 'cart.mjs', 'at Context.<anonymous> (file:///w/cart.mjs:9:11)', 9],
    ['pytest', 'tests/test_cart.py', 'E   assert 1 == 2\n\ntests/test_cart.py:23: AssertionError', 23],
    ['unittest', 'test_cart.py', 'Traceback:\n  File "/w/test_cart.py", line 31, in test_add\n', 31],
    ['Go', 'cart_test.go', '    cart_test.go:14: want 2', 14],
  ])('is read from a message of %s', (_, file, message, line) => {
    expect(failureLine(file, message)).toBe(line);
  });

  it.each([
    ['another file that ends the same', 'cart.ts', 'at /w/other-cart.ts:3:1'],
    ['a file that goes on', 'cart.ts', 'at /w/cart.tsx:3:1'],
    ['no line', 'cart.ts', 'in cart.ts: it failed'],
    ['line zero', 'cart.ts', 'cart.ts:0:1'],
    ['a number past any file', 'cart.ts', 'cart.ts:123456789'],
    ['nothing', 'cart.ts', ''],
  ])('is not made up from %s', (_, file, message) => {
    expect(failureLine(file, message)).toBeUndefined();
  });
});
