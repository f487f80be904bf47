import { freezeJob, thawJob } from '../../../../lib/core/job/snapshot';
import { holdersOf } from '../../../../lib/core/job/state';
import { LIMITS } from '../../../../lib/core/limits';
import { jobListing } from '../../../../lib/core/projections/listing';
import { graph, JobDriver, node } from '../../../support/job-driver';

const submission = { graphHash: 'h', owner: 'ana', priority: 'normal', pool: 'default' } as const;

function submitted() {
  const job = new JobDriver(graph([node('a')]));
  job.send({ type: 'submit', ...submission });
  return job;
}
const types = (job: JobDriver) => job.events.map(({ event }) => event.type);

describe('a job that is shared', () => {
  it('may be used by its users from then on, until that is taken back', () => {
    const job = submitted();
    expect(holdersOf(job.state)).toEqual({ owner: 'ana' });
    job.send({ type: 'share', user: 'ben' });
    job.send({ type: 'share', user: 'cleo' });
    expect(holdersOf(job.state)).toEqual({ owner: 'ana', sharedWith: ['ben', 'cleo'] });
    expect(jobListing.listingOf(job.state)).toMatchObject({ sharedWith: ['ben', 'cleo'] });
    job.send({ type: 'unshare', user: 'ben' });
    job.send({ type: 'unshare', user: 'cleo' });
    expect(holdersOf(job.state)).toEqual({ owner: 'ana' });
    expect(jobListing.listingOf(job.state)).not.toHaveProperty('sharedWith');
    expect(types(job).slice(1)).toEqual(['job.shared', 'job.shared', 'job.unshared', 'job.unshared']);
  });

  it('is so once, and with its owner not at all', () => {
    const job = submitted();
    for (const user of ['ben', 'ben', 'ana']) job.send({ type: 'share', user });
    job.send({ type: 'unshare', user: 'nobody' });
    expect(types(job)).toEqual(['job.submitted', 'job.shared']);
  });

  it('is so with a bounded number of users', () => {
    const job = submitted();
    for (let i = 0; i <= LIMITS.sharedWith; i += 1) job.send({ type: 'share', user: `u${i}` });
    expect(job.state.sharedWith).toHaveLength(LIMITS.sharedWith);
    job.send({ type: 'unshare', user: 'u0' });
    job.send({ type: 'share', user: 'late' });
    expect(job.state.sharedWith?.at(-1)).toBe('late');
  });

  it('is none before it is submitted', () => {
    const job = new JobDriver(graph([node('a')]));
    job.send({ type: 'share', user: 'ben' });
    expect(job.events).toEqual([]);
    expect(holdersOf(job.state)).toBeUndefined();
  });

  it('keeps its users in a snapshot', () => {
    const job = submitted();
    job.send({ type: 'share', user: 'ben' });
    expect(thawJob(JSON.parse(JSON.stringify(freezeJob(job.state)))).sharedWith).toEqual(['ben']);
  });
});
