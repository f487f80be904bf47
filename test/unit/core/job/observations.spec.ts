import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import type { FailureClass } from '../../../../lib/core/model/failure';
import { graph, JobDriver, node } from '../../../support/job-driver';

const driver = new JobDriver(
  graph([node('a', { dependencies: ['mail', 'payments', 'test-execution'] }), node('b')]),
);

/** What is observed where this happens at 5,000. */
function observedAt(event: JobEvent) {
  const recorded = { ...event, stream: 'job/j', seq: 7, at: 5_000 } as Recorded<JobEvent>;
  const context = { jobId: 'j', index: driver.index, state: driver.state, traceId: 't' };
  return jobEffects(context, recorded).filter(
    (effect) => effect.kind === 'send' && effect.to.kind === 'dependency',
  );
}

const failed = (kind?: FailureClass, nodeId = 'a'): JobEvent => ({
  type: 'attempt.failed',
  data: {
    ...{ nodeId, attempt: 2, durationMs: 300, failure: { kind: 'exit', message: 'x' } },
    ...(kind && { diagnosis: { class: kind, confidence: 1, signature: 's', by: 'rule', why: 'w' } }),
  },
});
const succeeded = (nodeId: string): JobEvent => ({
  type: 'attempt.succeeded',
  data: { nodeId, attempt: 2, durationMs: 300, outputs: {} },
});

describe('the end of an attempt', () => {
  it('that succeeded tells each dependency of its node, under an id of its own', () => {
    const observed = { type: 'observed', ok: true, by: 'j/a/2', startedAt: 4_700 };
    expect(observedAt(succeeded('a'))).toMatchObject([
      { id: 'job/j/7/observed/mail', to: { id: 'mail' }, message: observed },
      { id: 'job/j/7/observed/payments', to: { id: 'payments' }, message: observed },
    ]);
  });

  it.each(['dependency', 'network', 'rate-limit', 'timeout'] as const)(
    'that failed by %s tells them so',
    (kind) => {
      expect(observedAt(failed(kind))).toMatchObject([
        { message: { ok: false } },
        { message: { ok: false } },
      ]);
    },
  );

  it.each(['assertion', 'test-code', 'infrastructure', 'unknown', undefined] as const)(
    'that failed by %s says nothing of them',
    (kind) => {
      expect(observedAt(failed(kind))).toEqual([]);
    },
  );

  it('of a node that names none tells nobody, and that of an attempt that was lost neither', () => {
    expect(observedAt(succeeded('b'))).toEqual([]);
    expect(observedAt(failed('network', 'b'))).toEqual([]);
    expect(observedAt({ type: 'attempt.lost', data: { nodeId: 'a', attempt: 2, reason: 'r' } })).toEqual([]);
  });
});
