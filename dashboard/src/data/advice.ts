import type { FailureClass } from '../../../lib/core/model/failure';

/** What to do about a failure that its attempts did not get past, by its class. */
const ADVICE: Readonly<Record<FailureClass, string>> = {
  network: 'Look whether the address that it names can be reached from its worker; then run it again.',
  timeout: 'Look at how long it took before: where it got slower by itself, give it more time in the graph.',
  'rate-limit': 'Run it again later, or let fewer of its kind run at once (`concurrency` in the graph).',
  dependency: 'Look how the service is (Health shows its breaker); once it is back, run it again.',
  infrastructure:
    'Look at its worker (Workers): cordon it where it fails others too, and run this again elsewhere.',
  resource:
    'Give it more of what it ran out of (`resources` in the graph), or less to do at once (`shards`).',
  assertion: 'Mend the product, or the test where that expects the wrong thing; then run it again.',
  'test-code': 'Mend the test, then run it again.',
  configuration: 'Set what it names, then run it again.',
  auth: 'Renew the credentials that it uses, then run it again.',
  unknown:
    'Read what it wrote; where you know why it failed, say so (`reprise correct JOB NODE --class ...`), and the next one like it is treated so.',
};

/** What a class says went wrong. */
const MEANING: Readonly<Record<FailureClass, string>> = {
  network: 'it got no connection, or lost it',
  timeout: 'it ran out of time',
  'rate-limit': 'a service asked to be called less',
  dependency: 'a service that it needs was broken, or not ready yet',
  infrastructure: 'its worker, the disk or the browser died',
  resource: 'it used up its memory, handles or threads',
  assertion: 'the product did something else than the test expects',
  'test-code': 'the test itself is wrong',
  configuration: 'something that it needs is missing or set wrong',
  auth: 'its credentials are missing, wrong or expired',
  unknown: 'what it wrote does not tell',
};

export const meaningOf = (failureClass: FailureClass): string => MEANING[failureClass];

export const adviceOn = (failureClass: FailureClass | undefined): string => ADVICE[failureClass ?? 'unknown'];

export const CLASSES = Object.keys(ADVICE) as FailureClass[];
