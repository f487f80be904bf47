import { useCallback, useState } from 'react';
import type { z } from 'zod';
import type { listJobsResponse, SubmitJobResponse } from '../../../lib/contract/jobs';
import { type ApiError, call, get } from '../data/api';
import { linkTo } from '../data/route';
import { ago } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Empty, Loading, Problem, Status } from '../parts/basics';

type Jobs = z.infer<typeof listJobsResponse>;
const STATUSES = ['', 'submitted', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export function JobsPage() {
  const [status, setStatus] = useState('');
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(20);
  const ask = useCallback(
    () => get<Jobs>(`/jobs?limit=${limit}${status && `&status=${status}`}`),
    [status, limit],
  );
  const { data, error, refresh } = usePoll(ask, 1_500);
  const wanted = search.trim().toLowerCase();
  const jobs = data?.jobs.filter(({ name, job_id }) => `${name} ${job_id}`.toLowerCase().includes(wanted));

  return (
    <main>
      <header className="bar">
        <h1>Jobs</h1>
        <input
          type="search"
          aria-label="Search by name or id"
          placeholder="Search by name or id"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <select aria-label="Status" value={status} onChange={({ target }) => setStatus(target.value)}>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {one || 'every status'}
            </option>
          ))}
        </select>
        <SubmitFile onSubmitted={refresh} />
      </header>
      <Problem error={error} />
      {!data && !error && <Loading />}
      {jobs && jobs.length > 0 && <JobTable jobs={jobs} />}
      {jobs?.length === 0 && (
        <Empty title={status || wanted ? 'No job is like that' : 'No job yet'}>
          <p>
            Submit a graph as JSON above, or from a terminal: <code>npx reprise init</code> writes one, and{' '}
            <code>npx reprise run</code> runs it.
          </p>
        </Empty>
      )}
      {data?.next_cursor && limit < 100 && (
        <button type="button" onClick={() => setLimit(100)}>
          Show older jobs
        </button>
      )}
    </main>
  );
}

function JobTable({ jobs }: { jobs: Jobs['jobs'] }) {
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th>Status</th>
            <th>Graph</th>
            <th>Job</th>
            <th>Owner</th>
            <th>Priority</th>
            <th>Submitted</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.job_id}>
              <td>
                <Status of={job.status} />
              </td>
              <td>
                <a href={linkTo('jobs', job.job_id)}>{job.name}</a>
              </td>
              <td>
                <code>{job.job_id}</code>
              </td>
              <td>{job.owner}</td>
              <td>{job.priority}</td>
              <td>
                <time dateTime={job.submitted_at}>{ago(job.submitted_at, Date.now())}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Submits a graph out of a file of JSON: what `reprise compile --json` and the API take. */
function SubmitFile({ onSubmitted }: { onSubmitted: () => void }) {
  const [error, setError] = useState<ApiError>();
  async function submit(file: File) {
    try {
      const graph = JSON.parse(await file.text());
      const { job_id } = await call<SubmitJobResponse>('POST', '/jobs', { execution_graph: graph });
      onSubmitted();
      location.hash = linkTo('jobs', job_id);
    } catch (refused) {
      const notJson = { code: 'GRAPH_SYNTAX', message: `${file.name} is not JSON: convert it first` };
      setError((refused instanceof SyntaxError ? notJson : refused) as ApiError);
    }
  }
  return (
    <>
      <label className="button primary">
        Submit a graph
        <input
          type="file"
          accept=".json,application/json"
          onChange={({ target }) => target.files?.[0] && void submit(target.files[0])}
        />
      </label>
      <Problem error={error} />
    </>
  );
}
