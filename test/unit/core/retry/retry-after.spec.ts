import { retryAfterOf } from '../../../../lib/core/retry/retry-after';

describe('what a message asks for', () => {
  it.each([
    ['HTTP 429 Too Many Requests\nRetry-After: 30', 30_000],
    ['429: {"retry_after": 2.5}', 2_500],
    ['retry_after_ms: 500', 500],
    ['Rate limit reached. Please try again in 20s.', 20_000],
    ['Please retry after 2 minutes', 120_000],
    ['quota exceeded, wait for 150 ms', 150],
    ['retry in 1h', 3_600_000],
    ['Retry-After: 999999999', 86_400_000],
  ])('%j is a wait of %d ms', (message, ms) => expect(retryAfterOf(message)).toBe(ms));

  it.each([
    'Too many requests',
    'retry later',
    'Retry-After: Wed, 21 Oct 2026 07:28:00 GMT',
    'failed after 30 s',
  ])('%j is none', (message) => expect(retryAfterOf(message)).toBeUndefined());
});
