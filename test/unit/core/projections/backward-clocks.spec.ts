import { createHighlights } from '../../../../lib/core/projections/highlights';
import { reportingOf } from '../../../../lib/core/projections/reporting';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { graphOf, recordedJob, timelineOf } from '../../../support/timelines';

/** A job each of whose steps is decided by a process whose clock is behind that of the process before it. */
function played(): JobDriver {
  const job = new JobDriver(graph([node('a', retrying(2)), node('b', { needs: ['a'] })]));
  const back = (what: () => void) => {
    job.now -= 100_000;
    what();
  };
  job.now = 1_000_000_000;
  job.submit();
  back(() => job.enterAll());
  back(() => job.start('a'));
  back(() => job.send({ type: 'attemptLost', nodeId: 'a', attempt: 1, reason: 'gone', cause: 'workerLost' }));
  back(() => job.start('a'));
  back(() => job.succeed('a'));
  back(() => job.start('b'));
  back(() => job.fail('b'));
  return job;
}

/** Every number in it, by its place. */
function numbers(value: unknown, place = ''): [string, number][] {
  if (typeof value === 'number') return [[place, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => numbers(each, `${place}.${name}`));
}

const negative = (value: unknown) => numbers(value).filter(([, each]) => each < 0);

describe('a job of processes whose clocks go back', () => {
  it('has nothing that lasted less than no time, in reports and highlights', () => {
    const job = played();
    expect(job.state.status).toBe('failed');
    const reported = reportingOf(timelineOf(job), graphOf(job));
    expect(negative(reported)).toEqual([]);
    const highlights = createHighlights();
    for (const event of recordedJob(job)) highlights.apply(event);
    expect(negative(highlights.result())).toEqual([]);
  });

  it('has its times in the order of its journal', () => {
    const { submittedAt, admittedAt, endedAt, nodes } = timelineOf(played());
    const times = [...nodes.values()].flatMap(({ attempts }) =>
      attempts.flatMap(({ readyAt, startedAt, endedAt: at }) => [readyAt, startedAt, at]),
    );
    const all = [submittedAt, admittedAt, ...times, endedAt] as number[];
    expect(all).toEqual(all.toSorted((a, b) => a - b));
  });
});
