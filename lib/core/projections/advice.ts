import type { FailureClass } from '../model/failure';

/** What a person does next about a failure for good, by its class; one or two plain sentences. See docs/failure-classes.md. */
export const ADVICE: Readonly<Record<FailureClass, string>> = {
  assertion:
    'The product did something else than the test expects. Find out which of the two is wrong and mend it, then run again what did not succeed.',
  'test-code': 'The test itself is wrong, and stays so however often it runs. Mend it, then run it again.',
  configuration:
    'Something that the command needs is missing or set wrong: a variable, a package, a file, an option. Set it where the worker runs, then run it again.',
  auth: 'A service refused the credentials. Renew or correct them, pass them on by name (--env or secrets), then run it again.',
  network:
    'Nothing answered, or a connection broke. See whether the service is up and can be reached from the worker; if so, run it again.',
  timeout:
    'A step took longer than it may. See what it waited for in its log; mend that, or give the node more time (timeout), then run it again.',
  'rate-limit':
    'A service asked to be called less. Wait until its limit is open again; fewer slots or a longer initialDelay avoid it.',
  dependency:
    'A service that the test needs is broken or was not ready. See to it, then run it again; named under dependencies, a breaker keeps work off it next time.',
  infrastructure:
    'The machine failed: its disk, its browser, a port, or the worker itself. See to the worker, cordon it if it does so again, and run it elsewhere.',
  resource:
    'The attempt used up its memory, handles or threads. Give the node more (resources), or make the tests need less, then run it again.',
  unknown:
    'Its output does not say why. Read the end of its log; once you know, `reprise correct` tells the engine for the next time.',
};
