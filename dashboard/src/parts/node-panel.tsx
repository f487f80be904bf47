import { useCallback, useState } from 'react';
import type { NodeExplanation } from '../../../lib/contract/explanations';
import type { JobGraphView } from '../../../lib/contract/jobs';
import { get } from '../data/api';
import { linkTo } from '../data/route';
import { duration } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Loading, Problem, Status } from './basics';
import { LogView } from './log-view';

interface NodePanelProps {
  readonly jobId: string;
  readonly nodeId: string;
  readonly graph: JobGraphView;
  readonly isLive: boolean;
}

/** A node: what it does, each of its attempts with why it ended so and what followed, and what it wrote. */
export function NodePanel({ jobId, nodeId, graph, isLive }: NodePanelProps) {
  const ask = useCallback(
    () => get<NodeExplanation>(`/jobs/${jobId}/nodes/${nodeId}/explanation`),
    [jobId, nodeId],
  );
  const { data, error } = usePoll(ask, isLive ? 1_500 : 10_000);
  const [chosen, choose] = useState<number>();
  const node = graph.nodes.find(({ id }) => id === nodeId);
  const shown = data?.attempts.findLast(({ attempt }) => chosen === undefined || attempt === chosen);
  return (
    <aside aria-label={`Node ${nodeId}`}>
      <header className="bar">
        <h2>{nodeId}</h2>
        {data?.outcome && <Status of={data.outcome} />}
        <a href={linkTo('jobs', jobId)} aria-label="Close the node">
          ✕
        </a>
      </header>
      {node && <pre className="does">{node.does}</pre>}
      {node && node.needs.length > 0 && (
        <p>
          needs{' '}
          {node.needs.map((need) => (
            <a key={need} href={linkTo('jobs', jobId, need)}>
              {need}{' '}
            </a>
          ))}
        </p>
      )}
      {data?.reason && <p>{data.reason}</p>}
      <Problem error={error} />
      {!data && !error && <Loading />}
      <ol className="attempts">
        {data?.attempts.map((one) => (
          <Attempt
            key={one.attempt}
            attempt={one}
            isChosen={one.attempt === shown?.attempt}
            onChoose={choose}
          />
        ))}
      </ol>
      {data?.attempts.length === 0 && <p className="hint">It has not been tried.</p>}
      {data?.why_not_again && <p className="why">No further attempt: {data.why_not_again}</p>}
      {shown && (
        <LogView
          key={shown.attempt}
          {...{ jobId, nodeId, isLive }}
          attempt={shown.attempt}
          first={shown.end === 'failed' ? 'stderr' : 'stdout'}
        />
      )}
    </aside>
  );
}

type ExplainedAttempt = NodeExplanation['attempts'][number];

function Attempt(props: {
  attempt: ExplainedAttempt;
  isChosen: boolean;
  onChoose: (attempt: number) => void;
}) {
  const { attempt, isChosen, onChoose } = props;
  const { started_at, ended_at, diagnosis, next, recovery } = attempt;
  const took = started_at && ended_at ? Date.parse(ended_at) - Date.parse(started_at) : undefined;
  return (
    <li className={isChosen ? 'chosen' : ''}>
      <button type="button" onClick={() => onChoose(attempt.attempt)} aria-pressed={isChosen}>
        attempt {attempt.attempt} <Status of={attempt.end ?? (started_at ? 'running' : 'ready')} />{' '}
        {duration(took)} {attempt.worker_id && `on ${attempt.worker_id}`}
      </button>
      {attempt.failure && <pre>{attempt.failure}</pre>}
      {diagnosis && (
        <p>
          <em>{diagnosis.class}</em> ({Math.round(100 * diagnosis.confidence)} % sure, by {diagnosis.by}):{' '}
          {diagnosis.why}
        </p>
      )}
      {recovery && (
        <p>
          Recovery: {recovery.strategy} after {recovery.cause}. {recovery.why}
        </p>
      )}
      {next && (
        <p>
          Again {next.delay_seconds > 0 ? `after ${duration(1_000 * next.delay_seconds)}` : 'at once'}:{' '}
          {next.why}
        </p>
      )}
    </li>
  );
}
