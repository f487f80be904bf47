import { flakingChange, flakingIn } from '../../../../lib/core/health/flaking';
import { flakingEvents } from '../../../../lib/core/health/flaking-events';
import type { AttemptSample } from '../../../../lib/core/history/samples';

const NODE = 'a'.repeat(16);
const TEST = { key: 'd'.repeat(16), name: 'cart > adds' };

/** The attempts of jobs, in words: `+` passed at once, `-` passed after a failure, `x` failed for good. */
function jobs(text: string, { inputs = false, from = 0 } = {}): AttemptSample[] {
  return [...text].flatMap((how, i) => {
    const n = from + i;
    const job = {
      ...{ jobId: `j${String(n).padStart(3, '0')}`, nodeId: 'suite', node: NODE, durationMs: 1 },
      input: String(inputs ? n : 0).padStart(16, '0'),
    };
    const at = 10 * n;
    const failed = (attempt: number) => ({
      ...job,
      attempt,
      at: at + attempt,
      passed: false,
      failed: [TEST],
    });
    const passed = (attempt: number) => ({ ...job, attempt, at: at + attempt, passed: true });
    if (how === '+') return [passed(1)];
    return how === '-' ? [failed(1), passed(2)] : [failed(1), failed(2)];
  });
}
const windowOf = (samples: readonly AttemptSample[]) => new Map([[NODE, samples]]);
const namesOf = (samples: readonly AttemptSample[]) =>
  flakingIn(windowOf(samples)).map(({ of, name }) => `${of} ${name}`);

describe('what flakes more than it used to', () => {
  it('is a node, and the test that fails in it', () => {
    expect(namesOf(jobs(`${'+'.repeat(20)}-`))).toEqual([]);
    expect(namesOf(jobs(`${'+'.repeat(20)}--`))).toEqual(['node suite', 'test cart > adds']);
  });

  it('is nothing that is broken, whether or not the commit is known', () => {
    expect(namesOf(jobs(`${'+'.repeat(20)}xxxxxxxx`, { inputs: true }))).toEqual([]);
    expect(namesOf(jobs(`${'+'.repeat(20)}xxxxxxxx${'+'.repeat(10)}`))).toEqual([]);
  });

  it('is nothing that always flaked a little', () => {
    expect(namesOf(jobs('++++++++++-++++++++++++++++++-+++++++++++++'))).toEqual([]);
  });

  it('is past once it passes again for long enough', () => {
    expect(namesOf(jobs(`${'+'.repeat(10)}---${'+'.repeat(28)}`))).toEqual([]);
  });

  it('is said with the job that makes it so and with no other, and again in the same words when that is told again', () => {
    const all = jobs(`${'+'.repeat(12)}---${'+'.repeat(30)}`);
    const said = [...new Set(all.map(({ jobId }) => jobId))].flatMap((jobId) => {
      const attempts = all.filter((sample) => sample.jobId === jobId);
      // Later jobs are in the window where it is told once more.
      return flakingEvents({ jobId, owner: 'ana' }, flakingChange({ attempts }, windowOf(all)), 1);
    });
    expect(said.map(({ type, detail }) => [type, detail['of'], detail['jobId']])).toEqual([
      ['orchestration.flake.rising', 'node', 'j013'],
      ['orchestration.flake.rising', 'test', 'j013'],
      ['orchestration.flake.settled', 'node', expect.any(String)],
      ['orchestration.flake.settled', 'test', expect.any(String)],
    ]);
    expect(new Set(said.map(({ id }) => id)).size).toBe(4);
  });
});
