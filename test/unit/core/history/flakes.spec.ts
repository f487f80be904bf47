import { flakeRate, isProposed, type Observation, testFlakes } from '../../../../lib/core/history/flakes';
import type { AttemptSample } from '../../../../lib/core/history/samples';

/** `P` passed, `F` failed; a space begins another job. */
function observations(text: string, input = 'i'): Observation[] {
  let at = 0;
  return text.split(' ').flatMap((job, j) =>
    [...job].map((letter, i) => {
      at += 1;
      return { jobId: `j${input}${j}`, nodeId: 'n', attempt: i + 1, input, at, passed: letter === 'P' };
    }),
  );
}

const verdictOf = (text: string) => flakeRate(observations(text)).verdict;

describe('the flake rate of a node', () => {
  it('is unknown without attempts', () => {
    expect(flakeRate([])).toEqual({
      ...{ verdict: 'unknown', attempts: 0, failures: 0, rate: 0, low: 0, high: 1 },
    });
  });

  it('is proved by one retry that passes with the same input', () => {
    expect(flakeRate(observations('P P FP'))).toMatchObject({ verdict: 'flaky', attempts: 4, failures: 1 });
    expect(verdictOf('FFP')).toBe('flaky');
  });

  it('is not proved by a break and its repair, which look the same from outside', () => {
    expect(verdictOf('P P F F F P')).toBe('unknown');
  });

  it('is proved by passes of the same input that were interrupted twice', () => {
    expect(verdictOf('P F P F P')).toBe('flaky');
  });

  it('says nothing of what fails since it last passed, or never passed: it may be broken', () => {
    expect(flakeRate(observations('P P FF FF'))).toMatchObject({ attempts: 2, failures: 0 });
    expect(flakeRate(observations('FF FF'))).toMatchObject({ verdict: 'unknown', attempts: 0 });
  });

  it('takes each input for itself: another commit may pass or fail for its own reasons', () => {
    const rate = flakeRate([
      ...observations('P P', 'a'),
      ...observations('F F', 'b'),
      ...observations('P', 'c'),
    ]);
    expect(rate).toMatchObject({ verdict: 'unknown', attempts: 3, failures: 0 });
  });

  it('is stable when it passed so often that it fails in less than a tenth of cases', () => {
    expect(verdictOf(Array(34).fill('P').join(' '))).toBe('unknown');
    expect(verdictOf(Array(35).fill('P').join(' '))).toBe('stable');
  });

  it('does not depend on the order in which attempts are told', () => {
    const all = observations('P FP P F P F P FF');
    expect(flakeRate([...all].reverse())).toEqual(flakeRate(all));
  });

  it('is proposed for quarantine where it fails in a twentieth of cases for all one knows', () => {
    const proposed = (text: string) => isProposed(flakeRate(observations(text)));
    expect(proposed('FP FP FP')).toBe(true);
    expect(proposed(`FP ${Array(40).fill('P').join(' ')}`)).toBe(false);
    expect(proposed('P F P')).toBe(false);
    expect(proposed('FP')).toBe(false);
    expect(proposed('FP FP')).toBe(true);
  });
});

describe('the flakes of tests', () => {
  const cart = { key: 'c'.repeat(16), name: 'cart' };
  const login = { key: 'd'.repeat(16), name: 'login' };
  let at = 0;

  function attempt(jobId: string, number: number, rest: Partial<AttemptSample>): AttemptSample {
    at += 1;
    const of = { jobId, nodeId: 'n', attempt: number, at, node: 'a'.repeat(16), input: 'b'.repeat(16) };
    return { ...of, passed: false, durationMs: 1, ...rest };
  }

  const of = (window: readonly AttemptSample[]) =>
    Object.fromEntries(
      testFlakes(window).map(({ name, flake: { verdict, attempts, failures } }) => [
        name,
        `${verdict} ${failures}/${attempts}`,
      ]),
    );

  it('count a test as passed where its node passed, or failed by others alone', () => {
    const window = [
      attempt('j1', 1, { failed: [cart] }),
      attempt('j1', 2, { failed: [login] }),
      attempt('j1', 3, { passed: true }),
      attempt('j2', 1, { passed: true }),
    ];
    expect(of(window)).toEqual({ cart: 'flaky 1/4', login: 'flaky 1/4' });
  });

  it('count a rerun for what it ran, which is what had failed before it', () => {
    const window = [
      attempt('j1', 1, { failed: [cart] }),
      attempt('j0', 1, { failed: [login] }),
      attempt('j1', 2, { passed: true, rerun: true }),
    ];
    expect(of(window)).toEqual({ cart: 'flaky 1/3', login: 'unknown 0/1' });
  });

  it('do not take a test for passed where not all that failed is named, or nothing is', () => {
    const window = [
      attempt('j1', 1, { failed: [cart] }),
      attempt('j1', 2, { failed: [login], partial: true }),
      attempt('j1', 3, {}),
      attempt('j1', 4, { passed: true }),
    ];
    expect(of(window)).toEqual({ cart: 'flaky 1/2', login: 'flaky 1/3' });
  });
});
