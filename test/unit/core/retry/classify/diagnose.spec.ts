import fc from 'fast-check';
import { LIMITS } from '../../../../../lib/core/limits';
import { diagnosisSchema } from '../../../../../lib/core/model/failure';
import { classify, diagnose } from '../../../../../lib/core/retry/classify/diagnose';

describe('a diagnosis', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'network'],
    ['page.goto: net::ERR_NAME_NOT_RESOLVED at https://shop.test/', 'network'],
    ['TimeoutError: locator.click: Timeout 30000ms exceeded.', 'timeout'],
    ['AxiosError: Request failed with status code 429', 'rate-limit'],
    ['HTTPError: Response code 502 (Bad Gateway)', 'dependency'],
    ['FATAL:  the database system is starting up', 'dependency'],
    ['The self-hosted runner: ci-7 lost communication with the server.', 'infrastructure'],
    ['write /tmp/x: no space left on device', 'infrastructure'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'resource'],
    ['expect(received).toBe(expected)\n\nExpected: 3\nReceived: 2', 'assertion'],
    ["TypeError: Cannot read properties of undefined (reading 'id')", 'test-code'],
    ["Error: Cannot find module 'dotenv'", 'configuration'],
    ['AxiosError: Request failed with status code 401', 'auth'],
    ['Process completed with exit code 1', 'unknown'],
    ['Tests: 3 failed, 200 passed, 203 total', 'unknown'],
  ] as const)('of %j is %s', (message, expected) => {
    expect(diagnose({ message }).class).toBe(expected);
  });

  it.each([
    [
      'an assertion that quotes a network error',
      'expected error "ECONNREFUSED" to be shown, got "OK"',
      'assertion',
    ],
    ['an assertion on a status', 'Error: expected 200 "OK", got 503 "Service Unavailable"', 'assertion'],
    [
      'a path that sounds like another class',
      'ReferenceError: cart is not defined\n    at /repo/timeout.js:3:1',
      'test-code',
    ],
    [
      'a time limit of an assertion of Playwright',
      'Error: Timed out 5000ms waiting for expect(locator).toHaveText(expected)\n\nExpected string: "Paid"\nReceived string: "Open"',
      'assertion',
    ],
  ] as const)('is not led astray by %s', (_, message, expected) => {
    expect(diagnose({ message }).class).toBe(expected);
  });

  it('believes what the engine saw before what the output says', () => {
    const message = 'AssertionError: expected 1 to equal 2';
    expect(diagnose({ message, kind: 'timeout' })).toMatchObject({ class: 'timeout', by: 'rule' });
    expect(diagnose({ message, kind: 'lost' })).toMatchObject({ class: 'infrastructure', by: 'rule' });
    expect(diagnose({ message, kind: 'cancelled' })).toMatchObject({ class: 'unknown', by: 'rule' });
  });

  it.each([
    [{ kind: 'spawn' }, 'configuration'],
    [{ exitCode: 137 }, 'resource'],
    [{ exitCode: 124 }, 'timeout'],
    [{ exitCode: 127 }, 'configuration'],
    [{ exitCode: 1, signal: 'SIGKILL' }, 'resource'],
    [{ httpStatus: 401 }, 'auth'],
    [{ httpStatus: 429 }, 'rate-limit'],
    [{ httpStatus: 503 }, 'dependency'],
  ] as const)('takes %j where the message says nothing', (hints, expected) => {
    expect(diagnose({ message: '', ...hints }).class).toBe(expected);
  });

  it('takes a message that leaves no doubt before the exit status', () => {
    expect(diagnose({ message: 'connect ECONNREFUSED 127.0.0.1:80', exitCode: 137 }).class).toBe('network');
  });

  it.each([
    ['exit status 1\nAssertionError [ERR_ASSERTION]: 1 == 2', 'assertion'],
    ['exit status 137 (SIGKILL)\nconnect ECONNREFUSED 127.0.0.1:80', 'network'],
    ['exit status 1', 'unknown'],
  ])('reads past what a worker says of the exit: %j', (message, expected) => {
    expect(diagnose({ message }).class).toBe(expected);
  });

  it.each(['no', 'boom', 'exit status 1\nno'])('cannot be told from one word: %j', (message) => {
    expect(diagnose({ message })).toMatchObject({ class: 'unknown', why: 'too short to tell' });
    expect(diagnose({ message: 'Timeout' }).class).toBe('timeout');
  });

  it('says by which rule, or by which words', () => {
    expect(diagnose({ message: 'getaddrinfo ENOTFOUND api.test' })).toMatchObject({
      by: 'rule',
      why: 'errno of a connection',
    });
    const { by, why } = diagnose({
      message: 'the coupon of the customer was not honoured, price stayed as before',
    });
    expect(by).toBe('model');
    expect(why).toMatch(/^(in doubt; )?words of [a-z-]+: /);
  });

  it.each(['', ' \n', '...', '(no output)'])('of %j is unknown', (message) => {
    expect(diagnose({ message }).class).toBe('unknown');
  });

  it('keeps its form whatever the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), (message) => {
        const diagnosis = diagnose({ message });
        expect(diagnosisSchema.safeParse(diagnosis).success).toBe(true);
        expect(diagnosis).toMatchObject(classify({ message }));
      }),
    );
  });

  it('reads the end of a message that is too long', () => {
    const message = `${'x '.repeat(LIMITS.messageLength)}\nconnect ECONNREFUSED 127.0.0.1:1`;
    expect(diagnose({ message }).class).toBe('network');
  });
});
