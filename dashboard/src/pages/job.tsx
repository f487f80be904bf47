import { useCallback, useMemo, useState } from 'react';
import type { JobGraphView, JobView } from '../../../lib/contract/jobs';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { createTimeline, type Timeline } from '../../../lib/core/projections/timeline';
import { get } from '../data/api';
import { linkTo } from '../data/route';
import { ago, clockTime, duration } from '../data/tell';
import { useJournal } from '../data/use-journal';
import { usePoll } from '../data/use-poll';
import { Action } from '../parts/action';
import { Loading, Problem, Status } from '../parts/basics';
import { GraphPicture } from '../parts/graph-picture';
import { NodePanel } from '../parts/node-panel';
import { TimelinePicture } from '../parts/timeline-picture';

const LIVE_MS = 1_000;
const OVER: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

/** One job: its graph, its time, its nodes; now, or as its journal has it at an earlier event. */
export default function JobPage({ jobId, nodeId }: { jobId: string; nodeId?: string | undefined }) {
  const ask = useCallback(() => get<JobView>(`/jobs/${jobId}`), [jobId]);
  const [isOver, setOver] = useState(false);
  const job = usePoll(ask, isOver ? 10_000 : LIVE_MS);
  const journal = useJournal(jobId, isOver ? 10_000 : LIVE_MS);
  const askGraph = useCallback(() => get<JobGraphView>(`/jobs/${jobId}/graph`), [jobId]);
  const graph = usePoll(askGraph, 0);
  const [at, setAt] = useState<number>();
  const events = journal.data;
  const timeline = useMemo(() => events && timelineAt(events, at), [events, at]);
  if (job.data && OVER.has(job.data.status) !== isOver) setOver(!isOver);

  if (!job.data || !graph.data || !events || !timeline) {
    return (
      <main>
        <Problem error={job.error ?? graph.error ?? journal.error} />
        {!job.error && <Loading />}
      </main>
    );
  }
  return (
    <main className="job">
      <JobHeader job={job.data} onChange={job.refresh} />
      <Problem error={job.error ?? journal.error} />
      <Summary timeline={timeline} graph={graph.data} />
      <div className={nodeId ? 'split' : ''}>
        <div>
          <GraphPicture
            key={nodeId ? 'beside' : 'alone'}
            graph={graph.data}
            timeline={timeline}
            selected={nodeId}
            jobId={jobId}
          />
          <TimeTravel events={events} at={at} onTravel={setAt} />
          <TimelinePicture
            timeline={timeline}
            jobId={jobId}
            selected={nodeId}
            isLive={!isOver && at === undefined}
          />
        </div>
        {nodeId && (
          <NodePanel key={nodeId} jobId={jobId} nodeId={nodeId} graph={graph.data} isLive={!isOver} />
        )}
      </div>
    </main>
  );
}

/** @param at sequence of the last event that counts; all of them where it is undefined */
function timelineAt(events: readonly Recorded[], at: number | undefined): Timeline | undefined {
  const timeline = createTimeline();
  for (const event of events) {
    if (at !== undefined && event.seq > at) break;
    timeline.apply(event);
  }
  return timeline.result();
}

function JobHeader({ job, onChange }: { job: JobView; onChange: () => void }) {
  const path = `/jobs/${job.job_id}`;
  const isOver = OVER.has(job.status);
  return (
    <header>
      <p>
        <a href={linkTo('jobs')}>← Jobs</a>
      </p>
      <div className="bar">
        <h1>{job.name}</h1>
        <Status of={job.paused ? 'paused' : job.status} />
        <progress max={100} value={isOver ? 100 : job.progress_percentage} aria-label="Progress" />
        <span>
          {job.owner} · {job.priority} · submitted {ago(job.submitted_at, Date.now())}
          {job.estimated_completion &&
            ` · about ${duration(Date.parse(job.estimated_completion) - Date.now())} to go`}
        </span>
      </div>
      <div className="actions">
        {!isOver && !job.paused && <Action label="Pause" path={`${path}/pause`} onDone={onChange} />}
        {!isOver && job.paused && <Action label="Unpause" path={`${path}/unpause`} onDone={onChange} />}
        {!isOver && <Action label="Cancel" path={`${path}/cancel`} onDone={onChange} isDangerous />}
        {job.status === 'failed' && (
          <Action label="Try failed nodes again" path={`${path}/retry`} onDone={onChange} />
        )}
        {isOver && job.status !== 'succeeded' && (
          <Action label="Resume" path={`${path}/resume`} onDone={onChange} />
        )}
      </div>
    </header>
  );
}

/** What a person looks for first: what failed, and why. */
function Summary({ timeline, graph }: { timeline: Timeline; graph: JobGraphView }) {
  const nodes = [...timeline.nodes.values()];
  const failed = nodes.filter(({ outcome }) => outcome === 'failed');
  const retried = nodes.filter(({ outcome, attempts }) => outcome === 'succeeded' && attempts.length > 1);
  const counts = (outcome: string) => nodes.filter((node) => node.outcome === outcome).length;
  return (
    <section aria-label="Summary">
      <p>
        {graph.nodes.length} nodes: {counts('succeeded')} succeeded
        {retried.length > 0 && ` (${retried.length} of them after another attempt)`}, {failed.length} failed,{' '}
        {counts('skipped')} skipped ·{' '}
        {duration((timeline.endedAt ?? timeline.latestAt) - timeline.submittedAt)}
      </p>
      {failed.length > 0 && (
        <ul className="failures">
          {failed.slice(0, 8).map((node) => {
            const last = node.attempts.findLast(({ failure, loss }) => failure ?? loss);
            return (
              <li key={node.nodeId}>
                <a href={linkTo('jobs', timeline.jobId, node.nodeId)}>
                  <strong>{node.nodeId}</strong>
                </a>{' '}
                {last?.diagnosis && <em>{last.diagnosis.class}</em>} after {node.attempts.length}{' '}
                {node.attempts.length === 1 ? 'attempt' : 'attempts'}: {node.reason ?? last?.loss?.reason}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

/** Any past moment of the job: its journal, read up to an event. */
function TimeTravel(props: {
  events: readonly Recorded[];
  at: number | undefined;
  onTravel: (seq: number | undefined) => void;
}) {
  const { events, at, onTravel } = props;
  const latest = events.at(-1)?.seq ?? 1;
  const event = events[(at ?? latest) - 1];
  return (
    <div className="travel">
      <input
        type="range"
        aria-label="Moment of the job, by events of its journal"
        min={1}
        max={latest}
        value={at ?? latest}
        onChange={({ target }) => {
          const seq = Number(target.value);
          onTravel(seq >= latest ? undefined : seq);
        }}
      />
      <span>
        {at === undefined ? 'now' : `event ${at} of ${latest}`} ·{' '}
        {event && `${clockTime(event.at)} ${event.type}`}
      </span>
      {at !== undefined && (
        <button type="button" onClick={() => onTravel(undefined)}>
          Back to now
        </button>
      )}
    </div>
  );
}
