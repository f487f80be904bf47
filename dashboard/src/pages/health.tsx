import { useCallback } from 'react';
import { type AnswerOf, askEngine } from '../data/api';
import { linkTo } from '../data/route';
import { ago, counted, dayTime, duration, percent } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Action } from '../parts/action';
import { Empty, PageHead, Panel, Pending, Problem, Scroll, Status } from '../parts/basics';
import '../style/workers.css';

/** What stands in the way, what may be about to, and who was told. */
export default function HealthPage() {
  return (
    <main>
      <PageHead
        title="Health"
        lead="How the engine is, what bounds your jobs, and what may be about to fail."
      />
      <Checks />
      <div className="columns">
        <div>
          <Bottlenecks />
          <Retries />
        </div>
        <div>
          <Predictions />
          <Breakers />
          <Alerts />
          <Flakes />
        </div>
      </div>
    </main>
  );
}

const askForHealth = () => askEngine('getHealth', {});

function Checks() {
  const { data, error } = usePoll(askForHealth, 5_000);
  const checks = Object.entries(data?.checks ?? {}).flatMap(([name, all]) =>
    all.map((check) => ({ name, ...check })),
  );
  return (
    <Panel title="The engine" tools={data && <Status of={data.status} />}>
      {!data && <Pending error={error} />}
      <ul className="checks">
        {checks.map(({ name, status, observedValue, observedUnit, output }) => (
          <li key={name}>
            <Status of={status}>{name.replaceAll(/[:/]/g, ' ')}</Status>
            <small>{measured(observedValue, observedUnit)}</small>
            {output && <span>{output}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function measured(value: number, unit: string): string {
  if (unit === 's') return duration(1_000 * value);
  if (unit === 'bytes') return `${(value / 1e9).toFixed(1)} GB`;
  return `${Math.round(100 * value) / 100} ${unit}`;
}

/** What wins less is noise. */
const LEAST_WON_S = 0.01;

function Bottlenecks() {
  const ask = useCallback(() => askEngine('getBottlenecks', { query: { jobs: 100 } }), []);
  const { data, error } = usePoll(ask, 30_000);
  const bounds = (data?.bottlenecks ?? []).filter(({ won_seconds }) => won_seconds >= LEAST_WON_S);
  const most = Math.max(0.001, ...bounds.map(({ won_seconds }) => won_seconds));
  return (
    <Panel
      title="Bottlenecks"
      tools={data && data.jobs > 0 && <small>of the latest {counted(data.jobs, 'job')}</small>}
    >
      {!data && <Pending error={error} what="Replaying recorded jobs …" />}
      {data && bounds.length === 0 && (
        <Empty title="Nothing bounds your jobs">
          <p>
            Jobs that are over are replayed with one unit more of each thing; what makes them shorter stands
            here.
          </p>
        </Empty>
      )}
      <ol className="worker-list">
        {bounds.slice(0, 8).map((one) => (
          <li key={`${one.kind} ${one.name}`}>
            <p className="row spread">
              <strong>
                {one.kind} {one.name}
              </strong>
              <span>
                wins <em>{duration(1_000 * one.won_seconds)}</em> a job
              </span>
            </p>
            <div className="stack-bar" aria-hidden="true">
              <i className="running" style={{ width: `${(100 * one.won_seconds) / most}%` }} />
            </div>
            <p className="hint">
              {one.change}. {duration(1_000 * one.blamed_seconds)} of a critical path were spent in it or
              waiting for it
              {one.utilization !== undefined && `; ${percent(one.utilization)} in use`}.
            </p>
          </li>
        ))}
      </ol>
      {data && data.jobs > 0 && (
        <p className="hint body">
          A job takes {duration(1_000 * data.makespan_seconds)} on average; its replay{' '}
          {duration(1_000 * data.replayed_seconds)}.
        </p>
      )}
    </Panel>
  );
}

const askForPredictions = () => askEngine('listPredictions', {});

function Predictions() {
  const { data, error } = usePoll(askForPredictions, 5_000, 'job/');
  return (
    <Panel title="May be about to fail">
      {!data && <Pending error={error} />}
      {data?.predictions.length === 0 && (
        <Empty title="No warning stands">
          <p>
            Workers, dependencies, nodes and tests whose failures rise stand here before they fail for good.
          </p>
        </Empty>
      )}
      <ul className="worker-list">
        {data?.predictions.map(({ of, id, name, since, why }) => (
          <li key={`${of} ${id}`}>
            <p className="row">
              <span className="pill flaky">{of}</span> <strong>{name}</strong>
              {since && <small>since {ago(since, Date.now())}</small>}
            </p>
            <p className="hint">{why}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const askForDependencies = () => askEngine('listDependencies', {});

function Breakers() {
  const { data, error, refresh } = usePoll(askForDependencies, 1_900, 'dependency/');
  return (
    <Panel title="Dependencies and their breakers">
      {!data && <Pending error={error} />}
      {data && <Problem error={error} />}
      {data?.dependencies.length === 0 && (
        <Empty title="No node has named one yet">
          <p>
            A node that says <code>dependencies: [payments]</code> waits while payments is down, in place of
            failing.
          </p>
        </Empty>
      )}
      <ul className="worker-list">
        {data?.dependencies.map(({ name, state, since, until, why, forced }) => (
          <li key={name}>
            <p className="row">
              <strong>{name}</strong> <Status of={state} />
              {since && <small>since {ago(since, Date.now())}</small>}
              {forced && <span className="pill">held so by a person</span>}
            </p>
            <p className="hint">
              {state === 'closed' ? 'Work that needs it is handed out.' : 'Work that needs it waits.'} {why}
              {until && ` It is tried again ${dayTime(until)}.`}
            </p>
            <div className="tools">
              <Action
                label={state === 'closed' ? 'Hold it open' : 'Hold it closed'}
                call="forceDependency"
                path={{ name }}
                body={{ state: state === 'closed' ? 'open' : 'closed' }}
                onDone={refresh}
              />
              {forced && <Action label="Let it go" call="resetDependency" path={{ name }} onDone={refresh} />}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const askForTargets = async () => {
  const { targets } = await askEngine('listTargets', {});
  return Promise.all(targets.map(({ name }) => askEngine('getTarget', { path: { name } })));
};

function Alerts() {
  const { data, error, refresh } = usePoll(askForTargets, 5_000, 'target/');
  return (
    <Panel title="Alerts and whom they reach">
      {!data && <Pending error={error} />}
      {data?.length === 0 && (
        <Empty title="Nobody is told of anything">
          <p>
            Rules say who hears of what: <code>npx reprise serve --notifications rules.yaml</code>
          </p>
        </Empty>
      )}
      <ul className="worker-list">
        {data?.map((target) => (
          <Target key={target.name} target={target} onDone={refresh} />
        ))}
      </ul>
    </Panel>
  );
}

function Target({ target, onDone }: { target: AnswerOf<'getTarget'>; onDone: () => void }) {
  const { name, type, breaker, waiting, held, open_alerts, parked_deliveries } = target;
  return (
    <li>
      <p className="row">
        <strong>{name}</strong> <small>{type}</small> <Status of={breaker} />
        <small>
          {waiting} to be sent, {held} held back
        </small>
      </p>
      {open_alerts.map(({ id, title, since }) => (
        <div key={id} className="row">
          <Status of="warn">{title}</Status> <small>{ago(since, Date.now())}</small>
          <Action
            label="Acknowledge"
            call="acknowledgeAlert"
            path={{ name }}
            body={{ alert: id }}
            onDone={onDone}
          />
        </div>
      ))}
      {parked_deliveries.length > 0 && (
        <div className="row">
          <span>{counted(parked_deliveries.length, 'message')} could not be sent</span>
          <Action label="Send again" call="redriveTarget" path={{ name }} onDone={onDone} />
        </div>
      )}
    </li>
  );
}

const askForFlakes = () => askEngine('getFlakes', {});

function Flakes() {
  const { data, error } = usePoll(askForFlakes, 15_000);
  const shown = data?.flakes
    .filter(({ verdict, quarantine }) => verdict === 'flaky' || quarantine)
    .slice(0, 10);
  return (
    <Panel title="Flaky tests and nodes">
      {!data && <Pending error={error} />}
      {shown?.length === 0 && <Empty title="None is known" />}
      <ul className="worker-list">
        {shown?.map((flake) => (
          <li key={flake.id}>
            <p className="row">
              <strong>{flake.name}</strong> <small>{flake.of}</small>
              {flake.quarantine && <span className="pill">in quarantine, {flake.quarantine.owner}</span>}
              {flake.proposed && <span className="pill flaky">proposed for quarantine</span>}
            </p>
            <p className="hint">
              failed {flake.failures} of {flake.attempts} times ({percent(flake.low)} to {percent(flake.high)}
              ), last in <a href={linkTo('jobs', flake.last_failed_in)}>this job</a>{' '}
              {ago(flake.last_failed_at, Date.now())}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const askForRetries = () => askEngine('getEffectiveness', {});

function Retries() {
  const { data, error } = usePoll(askForRetries, 30_000);
  return (
    <Panel title="What retries came to">
      {!data && <Pending error={error} />}
      {data?.effectiveness.length === 0 && <Empty title="None was needed yet" />}
      {data && data.effectiveness.length > 0 && (
        <Scroll label="Retries">
          <table>
            <thead>
              <tr>
                <th>Class</th>
                <th>Strategy</th>
                <th className="number">Helped</th>
                <th className="number">Waited</th>
                <th>Advice</th>
              </tr>
            </thead>
            <tbody>
              {data.effectiveness.slice(0, 10).map((row) => (
                <tr key={`${row.signature} ${row.strategy}`}>
                  <td>{row.class}</td>
                  <td>{row.strategy}</td>
                  <td className="number">
                    {row.resolved} of {row.attempts}
                  </td>
                  <td className="number">{duration(1_000 * row.waited_seconds)}</td>
                  <td className="wide">{row.recommendation}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}
