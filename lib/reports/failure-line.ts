/** Characters that a path goes on with, to its left: `other/cart.spec.ts` is another file than `cart.spec.ts`. */
const IN_PATH = /[\w.\-@+~]/;

/**
 * The line of a test's own file at which it failed, from 1, as the message of the failure shows it: `cart.spec.ts:12:5`
 * in the stacks of JavaScript, `test_cart.py:12: AssertionError` and `File "test_cart.py", line 12` of Python,
 * `cart_test.go:12:` of Go. The first one counts, which is the innermost that the test itself wrote.
 * @param file relative to the directory of the run; the message may have it absolute
 */
export function failureLine(file: string, message: string): number | undefined {
  for (let at = message.indexOf(file); at >= 0; at = message.indexOf(file, at + 1)) {
    const before = message[at - 1];
    if (before !== undefined && IN_PATH.test(before)) continue;
    const line = Number(/^(?::|", line )(\d{1,7})(?!\d)/.exec(message.slice(at + file.length))?.[1]);
    if (line > 0) return line;
  }
  return undefined;
}
