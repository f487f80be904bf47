import { fixed } from '../../../../lib/core/configuration/layers';
import type { AssessmentDeps } from '../../../../lib/core/engine/evidence';
import { assessed } from '../../../../lib/core/engine/evidence';
import type { JobInput } from '../../../../lib/core/job/input';
import type { Failure } from '../../../../lib/core/model/failure';
import { graph, JobDriver, node } from '../../../support/job-driver';
import { diagnosisOf } from '../../../support/retry-facts';

function assess(deps: AssessmentDeps, failure: Partial<Failure> = {}, attempt = 1) {
  const { index, state } = new JobDriver(graph([node('a')])).submit().enterAll();
  const input: JobInput = {
    ...{ type: 'attemptFailed', nodeId: 'a', attempt, durationMs: 1, at: 1, random: 0 },
    failure: { kind: 'exit', message: 'slow down, retry after 3 s', ...failure },
  };
  return assessed(deps, { jobId: 'j1', index }, state, input);
}

describe('the report of a failed attempt', () => {
  it('is decided with its class and with what earlier jobs say of it', async () => {
    const diagnosis = diagnosisOf('network');
    const evidenceOf = jest.fn(async () => ({ ofSignature: [] }));
    const input = await assess({
      diagnose: () => diagnosis,
      evidenceOf,
      configuration: fixed({ 'retries.explore': 0.1 }),
    });
    expect(input).toMatchObject({ diagnosis, evidence: { ofSignature: [] }, explore: 0.1 });
    expect(evidenceOf).toHaveBeenCalledWith(expect.objectContaining({ jobId: 'j1', diagnosis }));
  });

  it('says how long to wait, where a service asked for it in words', async () => {
    const waits = ['rate-limit', 'dependency', 'assertion'] as const;
    const inputs = await Promise.all(waits.map((each) => assess({ diagnose: () => diagnosisOf(each) })));
    expect(inputs.map((input) => 'failure' in input && input.failure.retryAfterMs)).toEqual([
      3_000,
      3_000,
      undefined,
    ]);
    const known = await assess({ diagnose: () => diagnosisOf('rate-limit') }, { retryAfterMs: 5 });
    expect(known).toMatchObject({ failure: { retryAfterMs: 5 } });
  });

  it('stays as it is where nobody knows more, and where nothing will be decided', async () => {
    expect(await assess({})).not.toHaveProperty('diagnosis');
    const diagnose = jest.fn(() => diagnosisOf('network'));
    await assess({ diagnose }, {}, 7);
    await assess({ diagnose }, { kind: 'cancelled' });
    expect(diagnose).not.toHaveBeenCalled();
  });
});
