import { useCallback, useState } from 'react';
import { type AnswerOf, askEngine } from '../data/api';
import { linkTo, oneOf, useChoice } from '../data/route';
import { dayTime } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Empty, PageHead, Panel, Pending, Problem, Scroll, Status } from '../parts/basics';
import { VerifyExport } from '../parts/verify-export';
import '../style/audit.css';

const OUTCOMES = ['accepted', 'refused', 'failed'] as const;
const LIMIT = 200;

/** Who asked for what, and whether a journal is what it was. */
export default function AuditPage() {
  return (
    <main>
      <PageHead
        title="Audit"
        lead="Who asked for what, what came of it, and proof that nothing was changed since."
      />
      <VerifyExport />
      <Trail />
    </main>
  );
}

const today = (): string => new Date().toISOString().slice(0, 10);

function Trail() {
  const [principal, setPrincipal] = useChoice('who');
  const [action, setAction] = useChoice('what');
  const [outcome, setOutcome] = useChoice('outcome');
  const [job, setJob] = useChoice('job');
  const [day, setDay] = useChoice('from');
  const ask = useCallback(
    () =>
      askEngine('getAudit', {
        query: {
          ...{ limit: LIMIT, outcome: oneOf(OUTCOMES, outcome) },
          ...{ principal: principal || undefined, action: action || undefined, job: job || undefined },
          from: day === '' ? undefined : `${day}T00:00:00.000Z`,
        },
      }),
    [principal, action, outcome, job, day],
  );
  const { data, error } = usePoll(ask, 5_000, 'audit/');
  const fields = [
    ['Who', principal, setPrincipal, 'a subject'],
    ['What', action, setAction, 'such as cancel'],
    ['Job', job, setJob, 'its id'],
  ] as const;
  return (
    <Panel title="Commands">
      <div className="filters body">
        {fields.map(([name, value, set, hint]) => (
          <label key={name}>
            {name}
            <input value={value} placeholder={hint} onChange={({ target }) => set(target.value)} />
          </label>
        ))}
        <label>
          Outcome
          <select value={outcome} onChange={({ target }) => setOutcome(target.value)}>
            <option value="">every outcome</option>
            {OUTCOMES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          From
          <input
            type="date"
            max={today()}
            value={day || today()}
            onChange={({ target }) => setDay(target.value)}
          />
        </label>
      </div>
      {data && <Problem error={error} />}
      {!data && <Pending error={error} />}
      {data?.records.length === 0 && (
        <Empty title="Nothing was asked for">
          <p>
            Commands are recorded before they are answered; reading is not. Choose an earlier day, or fewer
            filters.
          </p>
        </Empty>
      )}
      {data && data.records.length > 0 && <Records of={data.records.toReversed()} />}
      {data?.next_cursor && (
        <p className="hint body">The first {LIMIT} are shown: filter, or begin on a later day.</p>
      )}
    </Panel>
  );
}

type Record = AnswerOf<'getAudit'>['records'][number];

function Records({ of }: { of: readonly Record[] }) {
  const [open, setOpen] = useState<string>();
  return (
    <Scroll label="Records">
      <table>
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>About</th>
            <th>Outcome</th>
            <th>
              <span className="unseen">Where it stands</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((record) => {
            const id = `${record.stream} ${record.seq}`;
            return (
              <tr key={id}>
                <td>{dayTime(record.at)}</td>
                <td>{record.principal || <small>nobody known</small>}</td>
                <td>
                  <code>{record.action}</code> {record.times !== undefined && <small>×{record.times}</small>}
                </td>
                <td>
                  <Resource name={record.resource} />
                </td>
                <td className="wide">
                  <Status of={record.outcome} /> <small>{record.status}</small>{' '}
                  {record.code && <code>{record.code}</code>} {record.reason}
                </td>
                <td>
                  <button
                    type="button"
                    className="quiet"
                    aria-expanded={open === id}
                    onClick={() => setOpen(open === id ? undefined : id)}
                  >
                    {open === id ? 'Less' : 'More'}
                  </button>
                  {open === id && (
                    <dl className="where">
                      <dt>journal</dt>
                      <dd>
                        {record.stream}, event {record.seq}
                      </dd>
                      <dt>from</dt>
                      <dd>
                        {record.source} {record.scope && `by ${record.scope}`}
                      </dd>
                      <dt>trace</dt>
                      <dd>
                        <code>{record.trace_id}</code>
                      </dd>
                    </dl>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

function Resource({ name }: { name: string | undefined }) {
  if (name === undefined) return null;
  const [kind, id = ''] = name.split('/');
  if (kind === 'job') return <a href={linkTo('jobs', id)}>{name}</a>;
  return kind === 'letter' ? <a href={linkTo('letters', id)}>{name}</a> : <span>{name}</span>;
}
