import { useCallback } from 'react';
import type { Timeline, TimelineNode } from '../../../lib/core/projections/timeline';
import { adviceOn } from '../data/advice';
import { type AnswerOf, askEngine } from '../data/api';
import { isFlaky, NODE_STATUSES, statusOf } from '../data/node-status';
import { linkHere, linkTo } from '../data/route';
import { counted, duration } from '../data/tell';
import { usePoll } from '../data/use-poll';
import type { CriticalPath } from '../graph/critical-path';
import { Panel, Told } from './basics';

interface JobSummaryProps {
  readonly jobId: string;
  readonly timeline: Timeline;
  readonly graph: AnswerOf<'getJobGraph'>;
  readonly path: CriticalPath;
  /** How long the job took, or takes so far. */
  readonly tookMs: number;
  /** A node is looked at beside it, which says the same of that one. */
  readonly isBrief: boolean;
}

/** What a person looks for first: how far it is, what failed and why, and what took the time. */
export function JobSummary({ jobId, timeline, graph, path, tookMs, isBrief }: JobSummaryProps) {
  const nodes = [...timeline.nodes.values()];
  const failed = nodes.filter(({ outcome }) => outcome === 'failed');
  return (
    <div className="summary">
      <Progress {...{ timeline, graph, tookMs }} />
      {path.nodes.length > 0 && <Path {...{ jobId, path }} took={tookMs} />}
      {failed.length > 0 &&
        (isBrief ? <FailedNames {...{ jobId, failed }} /> : <Failures {...{ jobId, failed }} />)}
    </div>
  );
}

function Progress({ timeline, graph, tookMs }: Pick<JobSummaryProps, 'timeline' | 'graph' | 'tookMs'>) {
  const counts = new Map<string, number>();
  const ids = new Set([...graph.nodes.map(({ id }) => id), ...timeline.nodes.keys()]);
  for (const id of ids) {
    const status = statusOf(timeline.nodes.get(id));
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const flaky = [...timeline.nodes.values()].filter(isFlaky).length;
  const shown = NODE_STATUSES.filter((status) => counts.has(status));
  return (
    <section className="progress" aria-label="Progress">
      <div className="stack-bar" aria-hidden="true">
        {shown.map((status) => (
          <i key={status} className={status} style={{ flexGrow: counts.get(status) ?? 0 }} />
        ))}
      </div>
      <p className="row">
        <span>{counted(ids.size, 'node')}:</span>
        {shown.map((status) => (
          <span key={status} className={`status ${status}`}>
            {counts.get(status)?.toLocaleString('en')} {status}
          </span>
        ))}
        {flaky > 0 && <span className="pill flaky">{flaky} flaky</span>}
        <span>· {duration(tookMs)}</span>
      </p>
    </section>
  );
}

/** Steps of the critical path that are named; of a long one those that took longest. */
const STEPS = 8;

function Path({ jobId, path, took }: { jobId: string; path: CriticalPath; took: number }) {
  const longest = path.steps.toSorted((a, b) => b.ranMs + b.waitedMs - a.ranMs - a.waitedMs).slice(0, STEPS);
  const shown = path.steps.filter((step) => longest.includes(step));
  const explained = path.steps.reduce((sum, { ranMs, waitedMs }) => sum + ranMs + waitedMs, 0);
  const left = path.steps.length - shown.length;
  return (
    <section className="path-steps" aria-label="Critical path">
      <p>
        <span className="pill path">Critical path</span> {duration(explained)} of {duration(took)}
        {left > 0 && `, its ${STEPS} longest steps of ${path.steps.length}`}
      </p>
      <ol>
        {shown.map(({ nodeId, ranMs, waitedMs }) => (
          <li key={nodeId}>
            <a href={linkHere('jobs', jobId, nodeId)}>{nodeId}</a> <small>{duration(ranMs)}</small>
            {waitedMs >= 100 && <small className="waits"> after {duration(waitedMs)} of waiting</small>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Failed nodes that are told at once. */
const TOLD = 6;

function Failures({ jobId, failed }: { jobId: string; failed: readonly Readonly<TimelineNode>[] }) {
  const groups = useLetterGroups();
  return (
    <Panel title={`${counted(failed.length, 'node')} failed`} className="failures">
      <ul>
        {failed.slice(0, TOLD).map((node) => {
          const last = node.attempts.findLast(({ failure, loss }) => failure ?? loss);
          const group = groups.find(({ signature }) => signature === last?.diagnosis?.signature);
          return (
            <li key={node.nodeId}>
              <p className="row">
                <a href={linkHere('jobs', jobId, node.nodeId)}>
                  <strong>{node.nodeId}</strong>
                </a>
                {last?.diagnosis && <span className="pill failed">{last.diagnosis.class}</span>}
                <small>after {counted(node.attempts.length, 'attempt')}</small>
              </p>
              <pre>{last?.failure?.message ?? last?.loss?.reason ?? node.reason}</pre>
              <p>
                <strong>What now?</strong> <Told text={adviceOn(last?.diagnosis?.class)} />{' '}
                {group && (
                  <a href={linkTo('letters', group.group)}>
                    {counted(group.open, 'letter')} of this cause {group.open === 1 ? 'waits' : 'wait'} to be
                    redriven
                  </a>
                )}
              </p>
            </li>
          );
        })}
      </ul>
      {failed.length > TOLD && (
        <p className="hint body">and {failed.length - TOLD} more: the list of nodes has them</p>
      )}
    </Panel>
  );
}

function FailedNames({ jobId, failed }: { jobId: string; failed: readonly Readonly<TimelineNode>[] }) {
  return (
    <p className="row">
      <span className="pill failed">{counted(failed.length, 'node')} failed</span>
      {failed.slice(0, 2 * TOLD).map(({ nodeId }) => (
        <a key={nodeId} href={linkHere('jobs', jobId, nodeId)}>
          {nodeId}
        </a>
      ))}
    </p>
  );
}

/** Where what failed is parked, to be run again together. */
export function useLetterGroups(): AnswerOf<'listLetters'>['groups'] {
  const ask = useCallback(() => askEngine('listLetters', { query: { limit: 100 } }), []);
  return usePoll(ask, 10_000, 'letter/').data?.groups ?? [];
}
