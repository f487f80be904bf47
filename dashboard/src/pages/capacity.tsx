import { useCallback, useState } from 'react';
import { type AnswerOf, type ApiError, askEngine } from '../data/api';
import { counted, dayTime, duration, percent } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Empty, Figure, PageHead, Panel, Pending, Problem, Scroll } from '../parts/basics';
import '../style/capacity.css';

type Plan = AnswerOf<'getCapacity'>;
type WhatIf = AnswerOf<'whatIf'>;
type Row = WhatIf['recorded'];

export default function CapacityPage() {
  const [target, setTarget] = useState('60');
  const ask = useCallback(
    () => askEngine('getCapacity', { query: { target_wait_seconds: Number(target) || 0 } }),
    [target],
  );
  const { data, error } = usePoll(ask, 60_000);
  return (
    <main>
      <PageHead
        title="Capacity"
        lead="What recorded jobs asked for, the fleet that keeps waits short, and what another one would do."
      />
      {!data && error?.code === 'INPUT_INVALID' ? (
        <Empty title="No job is over yet">
          <p>Plans and replays are made of jobs that ran here: let one come to its end.</p>
        </Empty>
      ) : (
        <>
          {!data && <Pending error={error} what="Replaying recorded jobs …" />}
          {data && <PlanView plan={data} target={target} onTarget={setTarget} />}
          <WhatIfView slots={data?.current.slots ?? 1} workers={data?.current.workers ?? 1} />
        </>
      )}
    </main>
  );
}

const seconds = (s: number): string => duration(1_000 * s);

const amount = (slots: number): string => (slots < 0.05 ? 'under 0.1' : slots.toFixed(1));

function PlanView({ plan, target, onTarget }: { plan: Plan; target: string; onTarget: (s: string) => void }) {
  const { demand, current, recommended, warnings = [] } = plan;
  return (
    <>
      {warnings.map(({ condition, since }) => (
        <div key={condition} className="problem" role="alert">
          <p>
            Warned of {condition} since {dayTime(since)}.
          </p>
        </div>
      ))}
      <dl className="figures">
        <Figure
          name="Fleet now"
          value={counted(current.slots, 'slot')}
          note={`${counted(current.workers, 'worker')}, ${percent(current.utilization)} in use`}
        />
        <Figure
          name="Recommended"
          value={counted(recommended.slots, 'slot')}
          note={
            plan.reachable
              ? `95 in 100 wait ${seconds(recommended.wait_p95_seconds)} at most`
              : `no fleet waits less than ${seconds(plan.floor_wait_seconds)}`
          }
          tone={plan.reachable ? '' : 'backoff'}
        />
        <Figure
          name="Demand"
          value={`${amount(demand.mean_slots)} slots`}
          note={`${amount(demand.peak_slots)} at its peak, of ${counted(plan.jobs, 'job')}`}
        />
        <Figure
          name="Expected peak"
          value={`${amount(demand.expected_peak_slots)} slots`}
          note={demand.season === 'none' ? 'no rhythm is known yet' : `by the ${demand.season}`}
        />
      </dl>
      <div className="filters">
        <label>
          95 in 100 attempts are to wait this long at most, in seconds
          <input type="number" min={0} value={target} onChange={({ target: { value } }) => onTarget(value)} />
        </label>
      </div>
    </>
  );
}

interface Scenario {
  readonly name: string;
  readonly workers: string;
  readonly slots: string;
  readonly maxRunning: string;
  readonly order: '' | 'rank' | 'arrival';
  readonly fair: '' | 'true' | 'false';
  readonly price: string;
}

function bodyOf({ name, workers, slots, maxRunning, order, fair, price }: Scenario) {
  return {
    name,
    ...(workers !== '' && slots !== '' && { fleet: [{ slots: Number(slots), count: Number(workers) }] }),
    ...(maxRunning !== '' && { max_running_jobs: Number(maxRunning) }),
    ...(order !== '' && { order }),
    ...(fair !== '' && { fair: fair === 'true' }),
    ...(price !== '' && { worker_hour_usd: price }),
  };
}

/** Recorded jobs on another fleet or under other rules, beside what happened. */
function WhatIfView({ slots, workers }: { slots: number; workers: number }) {
  const [scenarios, setScenarios] = useState<readonly Scenario[]>([]);
  const [answer, setAnswer] = useState<WhatIf>();
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);

  async function replay(asked: readonly Scenario[]) {
    setBusy(true);
    try {
      setAnswer(await askEngine('whatIf', { body: { scenarios: asked.map(bodyOf) } }));
      setScenarios(asked);
      setError(undefined);
    } catch (refused) {
      setError(refused as ApiError);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Panel title="What if" tools={<small>recorded jobs are replayed through the scheduler itself</small>}>
      <div className="body">
        <ScenarioForm
          usual={{
            slots: String(Math.max(1, Math.round(slots / Math.max(1, workers)))),
            workers: String(2 * workers),
          }}
          isBusy={isBusy}
          onAdd={(scenario) => void replay([...scenarios, scenario])}
        />
        <Problem error={error} />
        {answer ? (
          <Picture answer={answer} onClear={() => void replay([])} />
        ) : (
          <p className="hint">
            Describe a fleet or a rule: its makespans and waits stand beside those that were.
          </p>
        )}
      </div>
    </Panel>
  );
}

function ScenarioForm(props: {
  usual: Pick<Scenario, 'slots' | 'workers'>;
  isBusy: boolean;
  onAdd: (scenario: Scenario) => void;
}) {
  const { usual, isBusy, onAdd } = props;
  const [given, setGiven] = useState<Partial<Scenario>>({});
  const scenario: Scenario = {
    ...{ maxRunning: '', order: '', fair: '', price: '', ...usual, ...given },
    name: given.name || `${given.workers ?? usual.workers} workers of ${given.slots ?? usual.slots}`,
  };
  const set = (name: keyof Scenario) => (event: { target: { value: string } }) =>
    setGiven({ ...given, [name]: event.target.value });
  return (
    <form
      className="scenario"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(scenario);
        setGiven({});
      }}
    >
      <div className="fields">
        <label>
          Workers
          <input type="number" min={1} value={scenario.workers} onChange={set('workers')} />
        </label>
        <label>
          Slots of each
          <input type="number" min={1} value={scenario.slots} onChange={set('slots')} />
        </label>
        <label>
          Jobs at once
          <input
            type="number"
            min={1}
            placeholder="as now"
            value={scenario.maxRunning}
            onChange={set('maxRunning')}
          />
        </label>
        <label>
          Ready work goes
          <select value={scenario.order} onChange={set('order')}>
            <option value="">as now</option>
            <option value="rank">longest path first</option>
            <option value="arrival">as it comes</option>
          </select>
        </label>
        <label>
          Owners share alike
          <select value={scenario.fair} onChange={set('fair')}>
            <option value="">as now</option>
            <option value="true">yes</option>
            <option value="false">no</option>
          </select>
        </label>
        <label>
          USD a worker hour
          <input placeholder="0.10" value={scenario.price} onChange={set('price')} />
        </label>
        <label>
          Name
          <input placeholder={scenario.name} value={given.name ?? ''} onChange={set('name')} maxLength={60} />
        </label>
      </div>
      <button type="submit" className="primary" disabled={isBusy}>
        {isBusy ? 'Replaying …' : 'Replay'}
      </button>
    </form>
  );
}

/** Rows beside each other: bars to the mean, and thinner to what 95 in 100 stay under. */
function Picture({ answer, onClear }: { answer: WhatIf; onClear: () => void }) {
  const rows = [
    { ...answer.recorded, name: 'As it was' },
    { ...answer.replayed, name: 'Replayed as it was' },
    ...answer.scenarios,
  ];
  return (
    <>
      <div className="columns">
        <Bars
          title="Makespan of a job"
          rows={rows}
          of={({ makespan_seconds }) => makespan_seconds}
          base={answer.replayed.makespan_seconds.mean}
        />
        <Bars
          title="Wait of an attempt"
          rows={rows}
          of={({ wait_seconds }) => wait_seconds}
          base={answer.replayed.wait_seconds.mean}
        />
      </div>
      <Scroll label="Scenarios">
        <table>
          <thead>
            <tr>
              <th>Scenario</th>
              <th className="number">All jobs took</th>
              <th className="number">In use</th>
              <th className="number">Worker hours</th>
              <th className="number">Costs</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>{row.name}</td>
                <td className="number">{seconds(row.span_seconds)}</td>
                <td className="number">{percent(row.utilization)}</td>
                <td className="number">{row.worker_hours.toFixed(2)}</td>
                <td className="number">{row.cost_usd === undefined ? '–' : `$${row.cost_usd.toFixed(2)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="hint">
        Of {counted(answer.jobs, 'job')} with {counted(answer.attempts, 'attempt')}. The replay misses
        makespans by {percent(answer.calibration.median_job_error)} in the median: smaller differences say
        nothing.{' '}
        {answer.scenarios.length > 0 && (
          <button type="button" onClick={onClear}>
            Clear
          </button>
        )}
      </p>
    </>
  );
}

function Bars(props: {
  title: string;
  rows: readonly Row[];
  of: (row: Row) => Row['makespan_seconds'];
  base: number;
}) {
  const { title, rows, of, base } = props;
  const most = Math.max(0.001, ...rows.map((row) => of(row).p95));
  return (
    <section aria-label={title}>
      <h3>
        {title} <small>mean, and up to what 95 in 100 take</small>
      </h3>
      <div className="bars">
        {rows.map((row, i) => {
          const { mean, p95 } = of(row);
          const change = base === 0 ? 0 : (mean - base) / base;
          return (
            <div key={row.name} className="bars-row">
              <span>{row.name}</span>
              <span className="track" aria-hidden="true">
                <i className="tail" style={{ width: `${(100 * p95) / most}%` }} />
                <i style={{ width: `${(100 * mean) / most}%` }} />
              </span>
              <span className="number">
                {seconds(mean)}{' '}
                {i > 1 && (
                  <small className={Math.abs(change) < 0.005 ? '' : change > 0 ? 'worse' : 'better'}>
                    {signed(change)}
                  </small>
                )}
              </span>
            </div>
          );
        })}
      </div>
    </section>
  );
}

const signed = (share: number): string =>
  Math.abs(share) < 0.005 ? 'no change' : `${share > 0 ? '+' : '−'}${percent(Math.abs(share))}`;
