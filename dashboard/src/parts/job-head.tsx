import { useCallback } from 'react';
import type { Timeline } from '../../../lib/core/projections/timeline';
import { type AnswerOf, askEngine } from '../data/api';
import { linkTo } from '../data/route';
import { ago, dayTime, roughly } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Action } from './action';
import { PageHead, Status } from './basics';

interface JobHeadProps {
  readonly job: AnswerOf<'getJob'>;
  readonly timeline: Timeline;
  readonly isOver: boolean;
  readonly onChange: () => void;
}

/** What the commands come to, for whoever has not given them before. */
const DOES = {
  pause: 'Nothing new begins; what runs goes on to its end.',
  cancel: 'What runs is ended, and nothing new begins.',
  retry: 'Failed nodes have all their attempts again, and what was skipped because of them runs too.',
  resume: 'Runs everything that did not succeed; what succeeded keeps its result.',
} as const;

export function JobHead({ job, timeline, isOver, onChange }: JobHeadProps) {
  const { job_id: jobId, name, owner, priority, submitted_at, estimated_completion: estimated } = job;
  const left = estimated === undefined ? undefined : Date.parse(estimated) - Date.now();
  const lead = (
    <>
      <Status of={job.paused ? 'paused' : job.status} /> · {owner} · {priority} priority ·{' '}
      <time dateTime={submitted_at} title={dayTime(submitted_at)}>
        submitted {ago(submitted_at, Date.now())}
      </time>
      {job.trigger && ` by trigger ${job.trigger}`}
      {left !== undefined && left > 0 && ` · about ${roughly(left)} to go`}
      {job.deadline && !isOver && ` · to be over by ${dayTime(job.deadline)}`}
      {timeline.reason && ` · ${timeline.reason}`}
    </>
  );
  const path = { jobId };
  return (
    <PageHead title={name} lead={lead} back={{ href: linkTo('jobs'), name: 'Jobs' }}>
      <ComparedWithLast job={job} />
      {!isOver && !job.paused && (
        <Action label="Pause" call="pauseJob" does={DOES.pause} path={path} onDone={onChange} />
      )}
      {!isOver && job.paused && (
        <Action label="Unpause" call="unpauseJob" path={path} onDone={onChange} isPrimary />
      )}
      {!isOver && (
        <Action
          label="Cancel"
          call="cancelJob"
          does={DOES.cancel}
          path={path}
          onDone={onChange}
          isDangerous
        />
      )}
      {job.status === 'failed' && (
        <Action
          label="Try failed nodes again"
          call="retryJob"
          does={DOES.retry}
          path={path}
          onDone={onChange}
        />
      )}
      {isOver && job.status !== 'succeeded' && (
        <Action label="Resume" call="resumeJob" does={DOES.resume} path={path} onDone={onChange} isPrimary />
      )}
    </PageHead>
  );
}

/** The run of the same graph before this one, among the latest jobs. */
function ComparedWithLast({ job: { job_id, name, submitted_at } }: Pick<JobHeadProps, 'job'>) {
  const ask = useCallback(() => askEngine('listJobs', { query: { limit: 100 } }), []);
  const { data } = usePoll(ask, 0);
  const before = data?.jobs.find((one) => one.name === name && one.submitted_at < submitted_at);
  if (!before) return null;
  return (
    <a className="button" href={linkTo('compare', before.job_id, job_id)}>
      Compare with the run before
    </a>
  );
}
