import { useCallback, useState } from 'react';
import { createTimeline, type Timeline } from '../../../lib/core/projections/timeline';
import { type Change, type Compared, compareRuns, type RunOfNode } from '../data/compare';
import { linkTo } from '../data/route';
import { clockTime, counted, duration } from '../data/tell';
import { journalFrom } from '../data/use-journal';
import { usePoll } from '../data/use-poll';
import { Empty, Figure, PageHead, Pending, Scroll, Status } from '../parts/basics';
import '../style/compare.css';

const TOLD: Readonly<Record<Change, string>> = {
  broke: 'broke',
  mended: 'mended',
  flaky: 'turned flaky',
  slower: 'got slower',
  faster: 'got faster',
  new: 'new',
  gone: 'gone',
  same: 'as before',
};

/** Two runs of a graph, node by node. */
export default function ComparePage({ before, after }: { before: string; after: string }) {
  const ask = useCallback(async () => {
    const [a, b] = await Promise.all([before, after].map(timelineOf));
    return a && b ? { a, b, rows: compareRuns(a, b) } : undefined;
  }, [before, after]);
  const { data, error } = usePoll(ask, 0);
  const back = { href: linkTo('jobs', after), name: 'The later run' };
  if (!data) {
    return (
      <main>
        <PageHead title="Two runs" back={back} />
        <Pending error={error} what="Reading both journals …" />
      </main>
    );
  }
  return (
    <main>
      <PageHead
        title={`${data.b.name}: two runs`}
        back={back}
        lead={
          <>
            <a href={linkTo('jobs', before)}>{tell(data.a)}</a> and{' '}
            <a href={linkTo('jobs', after)}>{tell(data.b)}</a>
            {data.a.name !== data.b.name && ', of different graphs'}
          </>
        }
      />
      <Counts {...data} />
      <Rows rows={data.rows} jobId={after} />
    </main>
  );
}

async function timelineOf(jobId: string): Promise<Timeline | undefined> {
  const fold = createTimeline();
  for (const event of await journalFrom(jobId, 1)) fold.apply(event);
  return fold.result();
}

const tell = ({ submittedAt, status }: Timeline) =>
  `that of ${clockTime(submittedAt)} (${status ?? 'running'})`;

const tookOf = ({ submittedAt, endedAt, latestAt }: Timeline): number => (endedAt ?? latestAt) - submittedAt;

function Counts({ a, b, rows }: { a: Timeline; b: Timeline; rows: readonly Compared[] }) {
  const count = (change: Change) => rows.filter((row) => row.change === change).length;
  const failed = (run: RunOfNode | undefined) => run?.outcome === 'failed';
  const stillFailing = rows.filter(({ before, after }) => failed(before) && failed(after)).length;
  const delta = tookOf(b) - tookOf(a);
  return (
    <dl className="figures">
      <Figure name="Took" value={duration(tookOf(b))} note={`${signed(delta)} than ${duration(tookOf(a))}`} />
      <Figure
        name="Broke"
        value={count('broke')}
        tone={count('broke') > 0 ? 'failed' : ''}
        note="succeeded before"
      />
      <Figure name="Mended" value={count('mended')} note="failed before" />
      <Figure
        name="Turned flaky"
        value={count('flaky')}
        tone={count('flaky') > 0 ? 'backoff' : ''}
        note="needed more than one try"
      />
      <Figure
        name="Fails still"
        value={stillFailing}
        tone={stillFailing > 0 ? 'failed' : ''}
        note="in both runs"
      />
      <Figure name="Got slower" value={count('slower')} note={`${count('faster')} got faster`} />
    </dl>
  );
}

const signed = (ms: number): string =>
  ms === 0 ? 'no longer' : `${duration(Math.abs(ms))} ${ms > 0 ? 'longer' : 'less'}`;

/** Beyond, the table is too long to be read. */
const MOST = 300;

function Rows({ rows, jobId }: { rows: readonly Compared[]; jobId: string }) {
  const [isAll, setAll] = useState(false);
  const changed = rows.filter(({ change }) => change !== 'same');
  const shown = (isAll ? rows : changed).slice(0, MOST);
  const slowest = Math.max(
    1,
    ...rows.flatMap(({ before, after }) => [before?.tookMs ?? 0, after?.tookMs ?? 0]),
  );
  return (
    <>
      {changed.length === 0 && (
        <Empty title="Nothing changed">
          <p>Every node went as before, and took about as long.</p>
        </Empty>
      )}
      {shown.length > 0 && (
        <Scroll label="Nodes in both runs" className="panel">
          <table className="compare">
            <thead>
              <tr>
                <th>Change</th>
                <th>Node</th>
                <th>Before</th>
                <th>After</th>
                <th className="number">Difference</th>
                <th className="wide-only">Took</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.nodeId}>
                  <td>
                    <span className={`pill change-${row.change}`}>{TOLD[row.change]}</span>
                  </td>
                  <td>
                    <a href={linkTo('jobs', jobId, row.nodeId)}>{row.nodeId}</a>
                    {row.newFailures.map((test) => (
                      <small key={test} className="new-failure">
                        ✕ {test}
                      </small>
                    ))}
                  </td>
                  <td>
                    <Run of={row.before} />
                  </td>
                  <td>
                    <Run of={row.after} />
                  </td>
                  <td className="number">
                    {row.deltaMs !== undefined &&
                      `${row.deltaMs > 0 ? '+' : '−'}${duration(Math.abs(row.deltaMs))}`}
                  </td>
                  <td className="wide-only">
                    <Two before={row.before?.tookMs} after={row.after?.tookMs} most={slowest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {changed.length < rows.length && (
        <button type="button" onClick={() => setAll(!isAll)}>
          {isAll
            ? 'Only what changed'
            : `Show the ${counted(rows.length - changed.length, 'node')} that went as before`}
        </button>
      )}
    </>
  );
}

function Run({ of }: { of: RunOfNode | undefined }) {
  if (!of) return <small>not there</small>;
  return (
    <span className="row">
      <Status of={of.outcome} /> {duration(of.tookMs)} {of.attempts > 1 && <small>×{of.attempts}</small>}
    </span>
  );
}

function Two({
  before = 0,
  after = 0,
  most,
}: {
  before: number | undefined;
  after: number | undefined;
  most: number;
}) {
  return (
    <span className="two" aria-hidden="true">
      <i style={{ width: `${(100 * before) / most}%` }} />
      <i style={{ width: `${(100 * after) / most}%` }} className={after > before ? 'more' : 'less'} />
    </span>
  );
}
