import { useCallback, useEffect, useRef, useState } from 'react';
import { testKey, testName } from '../../../lib/core/history/test-key';
import type { TestId, TestSummary } from '../../../lib/core/model/test-results';
import type { Timeline, TimelineAttempt } from '../../../lib/core/projections/timeline';
import { adviceOn, meaningOf } from '../data/advice';
import { type AnswerOf, askEngine } from '../data/api';
import { goHere, linkHere, linkTo } from '../data/route';
import { clockTime, counted, duration, percent } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Pending, Status, Told } from './basics';
import { Icon } from './icons';
import { useLetterGroups } from './job-summary';
import { LogView } from './log-view';

interface NodePanelProps {
  readonly jobId: string;
  readonly nodeId: string;
  readonly graph: AnswerOf<'getJobGraph'>;
  readonly timeline: Timeline;
  readonly isLive: boolean;
  /** It was chosen on this page. */
  readonly isChosen: boolean;
}

type Explanation = AnswerOf<'explainNode'>;
type Explained = Explanation['attempts'][number];

/** A node: what it does, each of its attempts with why it ended so and what followed, its tests, and what it wrote. */
export function NodePanel({ jobId, nodeId, graph, timeline, isLive, isChosen }: NodePanelProps) {
  const ask = useCallback(() => askEngine('explainNode', { path: { jobId, nodeId } }), [jobId, nodeId]);
  const { data, error } = usePoll(ask, isLive ? 1_500 : 10_000, `job/${jobId}`);
  const [chosen, choose] = useState<number>();
  const own = timeline.nodes.get(nodeId);
  const node = graph.nodes.find(({ id }) => id === (own?.itemOf ?? nodeId));
  const shown = data?.attempts.findLast(({ attempt }) => chosen === undefined || attempt === chosen);
  const measured = own?.attempts.find(({ attempt }) => attempt === shown?.attempt);
  const heading = useFocus(isChosen);
  useEscape(() => goHere('jobs', jobId));
  return (
    <aside aria-label={`Node ${nodeId}`} className="panel node-panel">
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {nodeId}
        </h2>
        {data?.outcome && <Status of={data.outcome} />}
        <a className="close" href={linkHere('jobs', jobId)} aria-label="Close the node">
          <Icon name="close" />
        </a>
      </header>
      <div className="body">
        {node && <Definition node={node} jobId={jobId} />}
        {!data && <Pending error={error} />}
        {data?.outcome === 'failed' && <WhatNow explanation={data} said={saidLast(own?.attempts)} />}
        {data?.reason && data.outcome !== 'failed' && <p>{data.reason}</p>}
        {own?.warning && <p className="pill flaky">{own.warning}</p>}
        <Attempts {...{ data, own: own?.attempts ?? [], shown, choose }} />
        {measured?.tests && <Tests of={measured.tests} />}
        {shown && (
          <LogView
            key={shown.attempt}
            {...{ jobId, nodeId, isLive }}
            attempt={shown.attempt}
            first={shown.end === 'failed' ? 'stderr' : 'stdout'}
          />
        )}
      </div>
    </aside>
  );
}

/** Whoever chooses a node goes on reading there; who comes by a link to it begins at the top of the page. */
function useFocus(isWanted: boolean) {
  const heading = useRef<HTMLHeadingElement>(null);
  const wanted = useRef(isWanted);
  useEffect(() => {
    if (wanted.current) heading.current?.focus();
  }, []);
  return heading;
}

function useEscape(leave: () => void): void {
  const latest = useRef(leave);
  latest.current = leave;
  useEffect(() => {
    const pressed = ({ key, target }: KeyboardEvent) => {
      // A field has a use of its own for it.
      if (key === 'Escape' && !(target as Element).closest('input, textarea, select')) latest.current();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

const saidIn = ({ failure, loss }: Readonly<TimelineAttempt>): string | undefined =>
  failure?.message ?? loss?.reason;

const saidLast = (attempts: readonly Readonly<TimelineAttempt>[] = []): string | undefined =>
  attempts.map(saidIn).findLast((said) => said !== undefined);

function Definition({ node, jobId }: { node: NodePanelProps['graph']['nodes'][number]; jobId: string }) {
  const { does, needs, labels, dependencies, when } = node;
  return (
    <details>
      <summary>
        What it does
        {needs.length > 0 && <small> · needs {counted(needs.length, 'node')}</small>}
      </summary>
      <pre>{does}</pre>
      {needs.length > 0 && (
        <p>
          Needs{' '}
          {needs.map((need) => (
            <a key={need} href={linkHere('jobs', jobId, need)}>
              {need}{' '}
            </a>
          ))}
        </p>
      )}
      {when && (
        <p>
          When <code>{when}</code>
        </p>
      )}
      {labels.length > 0 && <p>On workers that are {labels.join(', ')}</p>}
      {dependencies.length > 0 && <p>Depends on {dependencies.join(', ')}</p>}
    </details>
  );
}

/** Why it failed, what was tried, and what a person does next. */
function WhatNow({
  explanation: { attempts, reason, why_not_again },
  said,
}: {
  explanation: Explanation;
  said: string | undefined;
}) {
  const last = attempts.findLast(({ end }) => end === 'failed' || end === 'lost');
  const signature = last?.diagnosis?.signature;
  const group = useLetterGroups().find((one) => one.signature === signature);
  return (
    <section className="what-now" aria-label="Why it failed and what to do">
      <dl>
        <dt>Why</dt>
        <dd>
          {last?.diagnosis ? (
            <>
              <em>{last.diagnosis.class}</em>: {meaningOf(last.diagnosis.class)}
            </>
          ) : (
            reason
          )}
          {said && <pre>{said}</pre>}
        </dd>
        <dt>Tried</dt>
        <dd>
          {counted(attempts.length, 'time')}. {why_not_again && `No further attempt: ${why_not_again}`}
        </dd>
        <dt>Next</dt>
        <dd>
          <Told text={adviceOn(last?.diagnosis?.class)} />{' '}
          {group && (
            <a href={linkTo('letters', group.group)}>
              Redrive {group.open === 1 ? 'its letter' : `the ${group.open} letters of this cause`}
            </a>
          )}
        </dd>
      </dl>
    </section>
  );
}

interface AttemptsProps {
  readonly data: Explanation | undefined;
  readonly own: readonly Readonly<TimelineAttempt>[];
  readonly shown: Explained | undefined;
  readonly choose: (attempt: number) => void;
}

function Attempts({ data, own, shown, choose }: AttemptsProps) {
  if (!data) return null;
  if (data.attempts.length === 0) return <p className="hint">It has not been tried.</p>;
  return (
    <>
      <ol className="attempts">
        {data.attempts.map((one) => (
          <Attempt
            key={one.attempt}
            attempt={one}
            own={own.find(({ attempt }) => attempt === one.attempt)}
            isChosen={one.attempt === shown?.attempt}
            onChoose={choose}
          />
        ))}
      </ol>
      {data.requests.map(({ at, by, reason, refused }) => (
        <p key={at} className="hint">
          {clockTime(at)} {by} asked for another attempt: {reason}
          {refused && `. It was refused: ${refused}`}
        </p>
      ))}
    </>
  );
}

function Attempt(props: {
  attempt: Explained;
  own: Readonly<TimelineAttempt> | undefined;
  isChosen: boolean;
  onChoose: (attempt: number) => void;
}) {
  const { attempt, own, isChosen, onChoose } = props;
  const { started_at, ended_at, diagnosis, next, recovery } = attempt;
  const recorded = started_at && ended_at ? Date.parse(ended_at) - Date.parse(started_at) : undefined;
  const took = own?.durationMs ?? recorded;
  const waited = started_at && own?.readyAt !== undefined ? Date.parse(started_at) - own.readyAt : 0;
  return (
    <li className={isChosen ? 'chosen' : ''}>
      <button type="button" onClick={() => onChoose(attempt.attempt)} aria-pressed={isChosen}>
        Attempt {attempt.attempt} <Status of={attempt.end ?? (started_at ? 'running' : 'ready')} />
        <span className="took">{duration(took)}</span>
      </button>
      <p className="hint">
        {started_at && clockTime(started_at)} {attempt.worker_id && `on ${attempt.worker_id}`}
        {waited >= 50 && `, after ${duration(waited)} of waiting for a worker`}
      </p>
      {attempt.failure && <pre>{(own && saidIn(own)) ?? attempt.failure}</pre>}
      {diagnosis && (
        <p>
          <em>{diagnosis.class}</em>{' '}
          <small>
            {percent(diagnosis.confidence)} sure, by {diagnosis.by}
          </small>{' '}
          {diagnosis.why} <small>signature</small> <code>{diagnosis.signature}</code>
        </p>
      )}
      {recovery && (
        <p>
          Recovery: {recovery.strategy} after {recovery.cause}. {recovery.why}
        </p>
      )}
      {next && (
        <p className="next">
          ↻ Again {next.delay_seconds > 0 ? `after ${duration(1_000 * next.delay_seconds)}` : 'at once'}:{' '}
          {next.why}
        </p>
      )}
    </li>
  );
}

/** Tests that are told by name at once. */
const NAMED = 50;
const WORDS = ['failed', 'flaky', 'unfinished', 'passed', 'skipped'] as const;

function Tests({ of }: { of: TestSummary }) {
  const ask = useCallback(() => askEngine('getFlakes', {}), []);
  const flakes = usePoll(ask, 0).data?.flakes ?? [];
  const verdict = (id: TestId) => flakes.find((flake) => flake.of === 'test' && flake.id === testKey(id));
  return (
    <section aria-label="Tests" className="tests">
      <h3>Tests</h3>
      <p className="row">
        {WORDS.filter((word) => of.counts[word] > 0).map((word) => (
          <span key={word} className={`status ${word === 'passed' ? 'succeeded' : word}`}>
            {of.counts[word]} {word}
          </span>
        ))}
      </p>
      <ul>
        {of.failed.slice(0, NAMED).map((id) => {
          const flake = verdict(id);
          return (
            <li key={testKey(id)}>
              ✕ {testName(id)}{' '}
              {flake?.verdict === 'flaky' && (
                <span className="pill flaky" title={`failed ${flake.failures} of ${flake.attempts} times`}>
                  known to be flaky, {percent(flake.rate)}
                </span>
              )}
              {flake?.quarantine && <span className="pill">in quarantine</span>}
            </li>
          );
        })}
      </ul>
      {of.failed.length + of.unlisted > NAMED && (
        <p className="hint">and {of.failed.length + of.unlisted - NAMED} more</p>
      )}
      {of.rerun && (
        <p className="hint">
          Of these {of.rerun.asked} were run again ({of.rerun.scope}): {of.rerun.why}
        </p>
      )}
    </section>
  );
}
