import { jobEffects } from '../../../../lib/core/job/effects';
import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import type { JobMessage } from '../../../../lib/core/messages/job';
import type { Diagnosis } from '../../../../lib/core/model/failure';
import { graph, JobDriver, node } from '../../../support/job-driver';

const diagnosis: Diagnosis = {
  ...{ class: 'network', confidence: 0.9, signature: 'a'.repeat(16), by: 'model', why: 'ECONNREFUSED' },
};

type Reclassify = Extract<JobMessage, { type: 'reclassify' }>;

function said(askedAt: number): Reclassify {
  return {
    ...{ type: 'reclassify', nodeId: 'a', attempt: 1, class: 'assertion', reason: 'it is the product' },
    ...{ by: 'ana', askedAt },
  };
}

function failedJob(): JobDriver {
  const job = new JobDriver(graph([node('a')])).submit().enterAll();
  job.fail('a', 'exit', { diagnosis });
  return job;
}

describe('what a person says of a failure', () => {
  it('is journalled with what it was before, also when the job is over', () => {
    const job = failedJob();
    expect(job.state.status).toBe('failed');
    const data = {
      ...{ nodeId: 'a', attempt: 1, signature: 'a'.repeat(16), class: 'assertion', before: 'network' },
      ...{ reason: 'it is the product', by: 'ana', askedAt: 5 },
    };
    expect(job.send({ ...said(5), diagnosis })).toEqual([{ type: 'attempt.reclassified', data }]);
    expect(job.outcomes()).toEqual({ a: 'failed' });
  });

  it('is journalled once, and nothing older replaces it', () => {
    const job = failedJob();
    job.send({ ...said(5), diagnosis });
    expect(job.send({ ...said(5), diagnosis })).toEqual([]);
    expect(job.send({ ...said(4), diagnosis })).toEqual([]);
    expect(job.send({ ...said(6), diagnosis })).toHaveLength(1);
  });

  it('is of no consequence where there was no such failure', () => {
    const job = failedJob();
    expect(job.send(said(5))).toEqual([]);
    expect(job.send({ ...said(5), diagnosis, attempt: 2 })).toEqual([]);
    expect(job.send({ ...said(5), diagnosis, nodeId: 'nobody' })).toEqual([]);
  });

  it.each([
    ['the owner of the job', undefined, { owner: 'ana' }],
    ['everyone, where an administrator said so', true as const, {}],
  ])('is kept for %s', (_, forEveryone, owner) => {
    const job = failedJob();
    const events = job.send({ ...said(5), ...(forEveryone && { forEveryone }), diagnosis });
    const actor = { kind: 'user', id: 'ana' } as const;
    const cause = { at: 9, actor, causeId: 'c', correlationId: 'job/j', traceId: 't' };
    const [event] = record('job/j', EMPTY_HEAD, events, cause);
    const context = { jobId: 'j', index: job.index, state: job.state, traceId: 't' };
    expect(jobEffects(context, event!)).toMatchObject([
      {
        ...{ kind: 'correct', signature: 'a'.repeat(16), ...owner },
        correction: { class: 'assertion', by: 'ana', reason: 'it is the product', at: 5 },
      },
    ]);
  });
});
