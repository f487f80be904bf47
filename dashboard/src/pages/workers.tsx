import { useCallback, useMemo } from 'react';
import { LineChart } from '../charts/line-chart';
import { type AnswerOf, askEngine } from '../data/api';
import { useHas } from '../data/has';
import { type Sample, useSamples } from '../data/samples';
import { ago, counted, dayTime, duration, percent } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Action } from '../parts/action';
import { Empty, Figure, PageHead, Panel, Pending, Problem, Scroll, Status } from '../parts/basics';
import '../style/workers.css';

const POOL = 'default';
const askForQueue = () => askEngine('getQueue', { path: { pool: POOL } });
const askForWorkers = () => askEngine('listWorkers', { query: { pool: POOL } });

type Queue = AnswerOf<'getQueue'>;
type Worker = AnswerOf<'listWorkers'>['workers'][number];

export default function WorkersPage() {
  const queue = usePoll(askForQueue, 1_500, 'job/');
  const workers = usePoll(askForWorkers, 1_900, 'job/');
  const samples = useSamples(queue.data);
  const { data } = queue;
  if (!data) {
    return (
      <main>
        <PageHead title="Workers" />
        <Pending error={queue.error} />
      </main>
    );
  }
  return (
    <main>
      <PageHead title="Workers" lead="Who runs attempts, what is asked of them, and who gets it." />
      <Problem error={queue.error ?? workers.error} />
      <Figures queue={data} workers={workers.data?.workers ?? []} />
      <Usage samples={samples} />
      <div className="columns">
        <Panel title="Workers">
          {workers.data?.workers.length === 0 && (
            <Empty title="No worker has registered">
              <p>
                Start one with <code>npx reprise agent</code>: jobs wait until then.
              </p>
            </Empty>
          )}
          <ul className="worker-list">
            {workers.data?.workers.map((worker) => (
              <WorkerLine key={worker.worker_id} worker={worker} onDone={workers.refresh} />
            ))}
          </ul>
        </Panel>
        <div>
          <Owners queue={data} />
          <Waits queue={data} />
        </div>
      </div>
    </main>
  );
}

function Figures({ queue, workers }: { queue: Queue; workers: readonly Worker[] }) {
  const slots = queue.workers.reduce((sum, worker) => sum + worker.slots, 0);
  const free = queue.workers.reduce((sum, worker) => sum + worker.free_slots, 0);
  const away = workers.filter(({ status }) => status !== 'active').length;
  const waiting = (queue.owners ?? []).reduce((sum, owner) => sum + owner.waiting_attempts, 0);
  return (
    <dl className="figures">
      <Figure
        name="Slots in use"
        value={`${slots - free} of ${slots}`}
        note={slots === 0 ? 'no worker is there' : percent((slots - free) / slots)}
      />
      <Figure
        name="Workers"
        value={queue.workers.length}
        note={away === 0 ? 'all take work' : `${away} not in full use`}
        tone={away === 0 ? '' : 'backoff'}
      />
      <Figure name="Attempts waiting" value={waiting} note="ready, without a worker" />
      <Figure
        name="Jobs"
        value={`${queue.running} run`}
        note={`${queue.waiting} wait, ${queue.limits.max_running_jobs} may run at once`}
      />
      <Figure
        name="Queue"
        value={queue.status}
        tone={queue.status === 'open' ? '' : 'backoff'}
        note="of this pool"
      />
    </dl>
  );
}

/** What recorded jobs used, and since this page is open what is seen. */
function Usage({ samples }: { samples: readonly Sample[] }) {
  const ask = useCallback(() => askEngine('getUsage', { query: { hours: 1 } }), []);
  const recorded = usePoll(ask, 15_000).data;
  const latest = samples.at(-1)?.at;
  // The samples are one list that grows.
  const points = useMemo(() => {
    const since = samples[0]?.at ?? Number.POSITIVE_INFINITY;
    const before = (recorded?.points ?? []).map(({ at, ...point }) => ({ at: Date.parse(at), ...point }));
    return [...before.filter(({ at }) => at < since), ...samples];
  }, [recorded, latest]);
  const at = useMemo(() => points.map((point) => point.at), [points]);
  const lines = useMemo(
    () => [
      { name: 'slots', tone: 'idle' as const, isDashed: true, values: points.map(({ slots }) => slots) },
      { name: 'in use', tone: 'running' as const, isFilled: true, values: points.map(({ used }) => used) },
      { name: 'waiting', tone: 'backoff' as const, values: points.map(({ waiting }) => waiting) },
    ],
    [points],
  );
  return (
    <Panel
      title="Slots in use"
      tools={<small>the last hour, jobs that are over and what this page has seen</small>}
    >
      {points.length < 2 ? (
        <p className="hint body">It is drawn as soon as there is something to draw.</p>
      ) : (
        <LineChart label="Slots in use over the last hour" at={at} lines={lines} unit="" />
      )}
    </Panel>
  );
}

function WorkerLine({ worker, onDone }: { worker: Worker; onDone: () => void }) {
  const canCordon = useHas('cordonWorker');
  const { worker_id, status, slots, free_slots, labels, cordon, probation, suspected, health } = worker;
  const used = slots - free_slots;
  const { failed, slow, own, peers } = health.attempts;
  return (
    <li>
      <p className="row">
        <strong>{worker_id}</strong> <Status of={status} />
        {worker.last_seen_at && <small>heard of {ago(worker.last_seen_at, Date.now())}</small>}
        {labels.length > 0 && labels[0] !== '*' && <small>{labels.join(', ')}</small>}
      </p>
      <div className="slots" role="img" aria-label={`${used} of ${slots} slots in use on ${worker_id}`}>
        {Array.from({ length: Math.min(slots, 64) }, (_, i) => i).map((slot) => (
          <i key={slot} className={slot < used ? 'used' : ''} />
        ))}
        <small>
          {used} of {slots}
        </small>
      </div>
      {cordon && (
        <p>
          Cordoned: {cordon.reason}
          {cordon.until && `, until ${dayTime(cordon.until)}`}
        </p>
      )}
      {probation && (
        <p>
          On trial: {probation.passed} of {probation.of} went well in a row.
        </p>
      )}
      {suspected && (
        <p>
          Suspected since {ago(suspected.since, Date.now())}: {suspected.reason}
        </p>
      )}
      <p className="hint">
        {health.score !== undefined && `Health ${percent(health.score)}. `}
        {own.of > 0 &&
          `${own.bad} of its last ${own.of} attempts went wrong, ${peers.bad} of ${peers.of} elsewhere. `}
        {failed + slow > 0 && `${failed} by the machine, ${slow} slow. `}
        {health.heartbeats && `Heartbeats are ${duration(health.heartbeats.lateness_ms)} late.`}
      </p>
      {canCordon && (
        <div className="tools">
          {status === 'cordoned' ? (
            <Action
              label="Uncordon"
              call="uncordonWorker"
              path={{ workerId: worker_id }}
              body={{ pool: POOL }}
              onDone={onDone}
            />
          ) : (
            <Action
              label="Cordon"
              call="cordonWorker"
              path={{ workerId: worker_id }}
              body={{ pool: POOL }}
              onDone={onDone}
            />
          )}
        </div>
      )}
    </li>
  );
}

/** Whether owners get alike: slots that each has now, and how long each waited lately. */
function Owners({ queue }: { queue: Queue }) {
  const ask = useCallback(() => askEngine('getUsage', { query: { hours: 24 } }), []);
  const recorded = usePoll(ask, 30_000).data?.owners ?? [];
  const now = queue.owners ?? [];
  const names = [...new Set([...now.map(({ owner }) => owner), ...recorded.map(({ owner }) => owner)])];
  const most = Math.max(1, ...recorded.map(({ slot_seconds }) => slot_seconds));
  return (
    <Panel title="Queue and fairness between owners">
      {names.length === 0 ? (
        <Empty title="Nobody has asked for anything yet" />
      ) : (
        <Scroll label="Owners">
          <table>
            <thead>
              <tr>
                <th>Owner</th>
                <th className="number">Slots now</th>
                <th className="number">Waiting</th>
                <th className="number">Jobs</th>
                <th className="number">Waited (p95)</th>
                <th>Share of 24 h</th>
              </tr>
            </thead>
            <tbody>
              {names.map((owner) => {
                const [own, past] = [now, recorded].map((list) => list.find((one) => one.owner === owner));
                const [held, used] = [
                  own as (typeof now)[number] | undefined,
                  past as (typeof recorded)[number] | undefined,
                ];
                return (
                  <tr key={owner}>
                    <td>{owner}</td>
                    <td className="number">{held?.slots ?? 0}</td>
                    <td className="number">{held?.waiting_attempts ?? 0}</td>
                    <td className="number">
                      {held?.running_jobs ?? 0} run, {held?.waiting_jobs ?? 0} wait
                    </td>
                    <td className="number">{used ? duration(1_000 * used.wait_p95_seconds) : '–'}</td>
                    <td>
                      <span
                        className="share"
                        role="img"
                        aria-label={`${duration(1_000 * (used?.slot_seconds ?? 0))} of slots`}
                      >
                        <i style={{ width: `${(100 * (used?.slot_seconds ?? 0)) / most}%` }} />
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}

function Waits({ queue: { waits_for: waits = [] } }: { queue: Queue }) {
  if (waits.length === 0) return null;
  return (
    <Panel title="Waiting for a dependency">
      <ul className="worker-list">
        {waits.map(({ dependency, state, until, attempts }) => (
          <li key={dependency} className="row">
            <strong>{dependency}</strong> <Status of={state} /> {counted(attempts, 'attempt')}{' '}
            {until && <small>until {dayTime(until)}</small>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
