import { useCallback, useState } from 'react';
import { type AnswerOf, askEngine } from '../data/api';
import { goTo, linkTo, oneOf, useChoice } from '../data/route';
import { ago, clockTime, dayTime, shortId } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Empty, PageHead, Pending, Problem, Scroll, Search, Select, Status } from '../parts/basics';
import { Icon } from '../parts/icons';

type Jobs = AnswerOf<'listJobs'>['jobs'];
const STATUSES = ['submitted', 'running', 'succeeded', 'failed', 'cancelled'] as const;
const PAGE = 25;
const MOST = 100;

export function JobsPage() {
  const [status, setStatus] = useChoice('status');
  const [search, setSearch] = useChoice('q');
  const [limit, setLimit] = useState(PAGE);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const ask = useCallback(
    () => askEngine('listJobs', { query: { limit, status: oneOf(STATUSES, status) } }),
    [status, limit],
  );
  const { data, error } = usePoll(ask, 1_500, 'job/');
  const wanted = search.trim().toLowerCase();
  const jobs = data?.jobs.filter(({ name, job_id, owner }) =>
    `${name} ${job_id} ${owner}`.toLowerCase().includes(wanted),
  );

  function toggle(jobId: string) {
    setChosen(chosen.includes(jobId) ? chosen.filter((one) => one !== jobId) : [...chosen.slice(-1), jobId]);
  }

  return (
    <main>
      <PageHead title="Jobs" lead="Each run of a graph, newest first.">
        <a className="button primary" href={linkTo('submit')}>
          <Icon name="upload" /> Submit a graph
        </a>
      </PageHead>
      <div className="filters">
        <Search placeholder="name, id or owner" value={search} onType={setSearch} />
        <Select name="Status" of={STATUSES} value={status} onChoose={setStatus} />
        <Comparer chosen={chosen} jobs={data?.jobs ?? []} />
      </div>
      {data && <Problem error={error} />}
      {!data && <Pending error={error} />}
      {jobs && jobs.length > 0 && <JobTable {...{ jobs, chosen, toggle }} />}
      {jobs?.length === 0 && (status || wanted ? <NoSuchJob /> : <NoJob />)}
      {data?.next_cursor && limit < MOST && (
        <button type="button" onClick={() => setLimit(MOST)}>
          Show older jobs
        </button>
      )}
    </main>
  );
}

/** Two runs side by side, the earlier first. */
function Comparer({ chosen, jobs }: { chosen: readonly string[]; jobs: Jobs }) {
  const [before = '', after = ''] = jobs
    .map(({ job_id }) => job_id)
    .filter((jobId) => chosen.includes(jobId))
    .reverse();
  if (chosen.length === 0) return null;
  return (
    <button type="button" disabled={after === ''} onClick={() => goTo('compare', before, after)}>
      {after === '' ? 'Choose another to compare' : 'Compare the two'}
    </button>
  );
}

interface JobTableProps {
  readonly jobs: Jobs;
  readonly chosen: readonly string[];
  readonly toggle: (jobId: string) => void;
}

function JobTable({ jobs, chosen, toggle }: JobTableProps) {
  return (
    <Scroll label="Jobs" className="panel">
      <table>
        <thead>
          <tr>
            <th>
              <span className="unseen">Compare</span>
            </th>
            <th>Status</th>
            <th>Graph</th>
            <th>Submitted</th>
            <th className="wide-only">Owner</th>
            <th className="wide-only">Priority</th>
            <th className="wide-only">Job</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map(({ job_id, name, status, owner, priority, submitted_at }) => (
            <tr key={job_id}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Compare ${name} of ${clockTime(submitted_at)}`}
                  checked={chosen.includes(job_id)}
                  onChange={() => toggle(job_id)}
                />
              </td>
              <td>
                <Status of={status} />
              </td>
              <td>
                <a href={linkTo('jobs', job_id)}>
                  <strong>{name}</strong>
                </a>
              </td>
              <td>
                <time dateTime={submitted_at} title={dayTime(submitted_at)}>
                  {ago(submitted_at, Date.now())}
                </time>
              </td>
              <td className="wide-only">{owner}</td>
              <td className="wide-only">{priority}</td>
              <td className="wide-only" title={job_id}>
                <code>{shortId(job_id)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const NoSuchJob = () => (
  <Empty title="No job is like that">
    <p>
      The latest jobs were searched. <a href={linkTo('jobs')}>Show all of them</a>
    </p>
  </Empty>
);

const NoJob = () => (
  <Empty title="No job yet">
    <p>
      <a href={linkTo('submit')}>Submit a graph</a> here, or from a terminal: <code>npx reprise init</code>{' '}
      writes one, and <code>npx reprise run</code> runs it.
    </p>
  </Empty>
);
