import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { createTimeline, type Timeline } from '../../../lib/core/projections/timeline';
import { type AnswerOf, askEngine } from '../data/api';
import { usePrinting } from '../data/printing';
import { linkTo, useChoice } from '../data/route';
import { useJournal } from '../data/use-journal';
import { usePoll } from '../data/use-poll';
import { Gantt } from '../gantt/gantt';
import { criticalPath } from '../graph/critical-path';
import { GraphPicture } from '../graph/picture';
import { Choice, PageHead, Panel, Pending, Problem } from '../parts/basics';
import { Boundary } from '../parts/boundary';
import { JobHead } from '../parts/job-head';
import { JobSummary } from '../parts/job-summary';
import { NodeList } from '../parts/node-list';
import { NodePanel } from '../parts/node-panel';
import { TimeTravel } from '../parts/time-travel';
import '../style/job.css';

const LIVE_MS = 1_000;
const OVER_MS = 10_000;
const OVER: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

type JobView = AnswerOf<'getJob'>;
type JobGraph = AnswerOf<'getJobGraph'>;

/** One job: its graph, its time, its nodes; now, or as its journal has it at an earlier event. */
export default function JobPage({ jobId, nodeId }: { jobId: string; nodeId?: string | undefined }) {
  const ask = useCallback(() => askEngine('getJob', { path: { jobId } }), [jobId]);
  const [isOver, setOver] = useState(false);
  const changes = `job/${jobId}`;
  const job = usePoll(ask, isOver ? OVER_MS : LIVE_MS, changes);
  const journal = useJournal(jobId, isOver ? OVER_MS : LIVE_MS);
  const hash = job.data?.graph_hash;
  // A job that goes on over another graph has another one.
  const askGraph = useCallback(() => askEngine('getJobGraph', { path: { jobId } }), [jobId, hash]);
  const graph = usePoll(askGraph, 0);
  const [at, setAt] = useChoice('at');
  const events = journal.data;
  const timeline = useTimeline(events, at === '' ? undefined : Number(at));
  const lastGraph = useRef<JobGraph>(undefined);
  if (graph.data) lastGraph.current = graph.data;
  const shown = graph.data ?? lastGraph.current;
  if (job.data && OVER.has(job.data.status) !== isOver) setOver(!isOver);

  if (!job.data || !shown || !events || !timeline) {
    return (
      <main>
        <PageHead title="A job" back={{ href: linkTo('jobs'), name: 'Jobs' }} />
        <Pending error={job.error ?? graph.error ?? journal.error} what="Reading the journal of the job …" />
      </main>
    );
  }
  return (
    <main className="job">
      <JobHead job={job.data} timeline={timeline} onChange={job.refresh} isOver={isOver} />
      <Problem error={job.error ?? journal.error} />
      <Views
        {...{ job: job.data, graph: shown, timeline, events, nodeId }}
        at={at === '' ? undefined : Number(at)}
        onTravel={(seq) => setAt(seq === undefined ? '' : String(seq))}
        isLive={!isOver && at === ''}
      />
    </main>
  );
}

interface ViewsProps {
  readonly job: JobView;
  readonly graph: JobGraph;
  readonly timeline: Timeline;
  readonly events: readonly Recorded[];
  readonly nodeId: string | undefined;
  readonly at: number | undefined;
  readonly onTravel: (seq: number | undefined) => void;
  readonly isLive: boolean;
}

function Views({ job, graph, timeline, events, nodeId, at, onTravel, isLive }: ViewsProps) {
  const { job_id: jobId } = job;
  const isPrinting = usePrinting();
  const isChosen = useChosen(jobId, nodeId);
  const path = useMemo(() => criticalPath(graph.nodes, timeline), [graph, timeline]);
  const tookMs = (timeline.endedAt ?? (isLive ? Date.now() : timeline.latestAt)) - timeline.submittedAt;
  const onPath = useMemo(() => new Set(path.nodes), [path]);
  // On a telephone a list is read more easily than a graph.
  const [view, setView] = useChoice('view', innerWidth < 700 ? 'list' : 'graph');
  const tools = (
    <Choice
      label="Show the nodes as"
      of={[
        ['graph', 'Graph'],
        ['list', 'List'],
      ]}
      value={view as 'graph' | 'list'}
      onChoose={setView}
    />
  );
  return (
    <>
      <JobSummary {...{ jobId, timeline, graph, path, tookMs }} isBrief={nodeId !== undefined} />
      <div className={nodeId ? 'split' : ''}>
        <div>
          <Panel title="Nodes" tools={tools}>
            {view === 'graph' && (
              <GraphPicture nodes={graph.nodes} {...{ timeline, path, jobId }} selected={nodeId} />
            )}
            {(view !== 'graph' || isPrinting) && (
              <NodeList nodes={graph.nodes} {...{ timeline, onPath, jobId }} selected={nodeId} />
            )}
            <TimeTravel {...{ events, at, onTravel }} />
          </Panel>
          <Gantt {...{ timeline, jobId, isLive, onPath }} selected={nodeId} />
        </div>
        {nodeId && (
          <Boundary key={nodeId} isPart>
            <NodePanel {...{ jobId, nodeId, graph, isLive, timeline, isChosen }} />
          </Boundary>
        )}
      </div>
    </>
  );
}

/** Whether a node was chosen since the job is shown; whoever leaves one is where it was chosen. */
function useChosen(jobId: string, nodeId: string | undefined): boolean {
  const before = useRef({ isFirst: true, nodeId });
  const { isFirst, nodeId: left } = before.current;
  useEffect(() => {
    if (left !== undefined && nodeId === undefined && document.activeElement === document.body) {
      const link = CSS.escape(linkTo('jobs', jobId, left));
      document.querySelector<HTMLElement>(`main a[href^=${link}]`)?.focus();
    }
    before.current = { isFirst: false, nodeId };
  }, [jobId, nodeId, left]);
  return !isFirst;
}

/** Folds what is new; to look at an earlier moment, what was until then. */
function useTimeline(events: readonly Recorded[] | undefined, at: number | undefined): Timeline | undefined {
  const live = useRef<{ first?: Recorded; seen: number; fold: ReturnType<typeof createTimeline> }>(undefined);
  return useMemo(() => {
    if (!events) return undefined;
    if (at !== undefined) {
      const fold = createTimeline();
      for (const event of events) {
        if (event.seq > at) break;
        fold.apply(event);
      }
      return fold.result();
    }
    if (!live.current || live.current.first !== events[0] || live.current.seen > events.length) {
      const [first] = events;
      live.current = { seen: 0, fold: createTimeline(), ...(first && { first }) };
    }
    const { seen, fold } = live.current;
    for (const event of events.slice(seen)) fold.apply(event);
    live.current.seen = events.length;
    return fold.result();
  }, [events, at]);
}
