import { useCallback, useId, useState } from 'react';
import { headline } from '../../../lib/core/model/headline';
import { adviceOn } from '../data/advice';
import { type AnswerOf, type ApiError, askEngine } from '../data/api';
import { linkTo } from '../data/route';
import { ago, counted, dayTime, percent } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Action, Sender } from '../parts/action';
import { PageHead, Panel, Pending, Problem, Status, Told } from '../parts/basics';
import '../style/letters.css';

type Group = AnswerOf<'getLetters'>;
type Letter = Group['letters'][number];

/** How a letter is over without running again. */
const RESOLUTIONS: readonly { label: string; how: string; isDangerous?: boolean }[] = [
  { label: 'Skip', how: 'skip' },
  { label: 'Count as succeeded', how: 'succeed' },
  { label: 'Abort its jobs', how: 'abort', isDangerous: true },
];

export default function LetterGroupPage({ group }: { group: string }) {
  const ask = useCallback(() => askEngine('getLetters', { path: { group } }), [group]);
  const { data, error, refresh } = usePoll(ask, 1_500, 'letter/');
  const back = { href: linkTo('letters'), name: 'Dead letters' };
  if (!data) {
    return (
      <main>
        <PageHead title="A group of letters" back={back} />
        <Pending error={error} />
      </main>
    );
  }
  const open = data.letters.filter(({ status }) => status !== 'resolved');
  return (
    <main>
      <PageHead
        title={headline(data.said)}
        back={back}
        lead={
          <>
            <Status of={data.status} /> · {data.open} open · <em>{data.class ?? data.kind}</em>
            {data.confidence !== undefined && ` (${percent(data.confidence)} sure)`} · {data.owner} ·
            signature <code>{data.signature}</code>
          </>
        }
      />
      <Problem error={error} />
      <div className="letter-page">
        <div>
          <Panel title="What it said">
            <div className="body">
              <pre>{data.said}</pre>
              <p>
                <strong>What now?</strong> <Told text={adviceOn(data.class)} />
              </p>
            </div>
          </Panel>
          <Redrives group={data} onDone={refresh} />
          <ul className="cards" aria-label="Letters">
            {data.letters.map((letter) => (
              <LetterCard key={letter.letter_id} letter={letter} />
            ))}
          </ul>
          {data.next_letters && (
            <p className="hint">
              The latest letters are shown; <code>npx reprise dlq show</code> has all of them.
            </p>
          )}
        </div>
        <div>
          <Panel title="Whose it is">
            <div className="body">
              <p>{data.assignee ? <span className="pill">{data.assignee}</span> : 'Nobody has taken it.'}</p>
              <Sender
                label="Assign to"
                button="Assign"
                send={(to) => askEngine('assignLetters', { path: { group }, body: { to } })}
                onDone={refresh}
              />
            </div>
          </Panel>
          <Panel title="Notes">
            <div className="body">
              {data.notes.length === 0 && (
                <p className="hint">What was found out about the cause belongs here.</p>
              )}
              <ol className="notes">
                {data.notes.map(({ text, by, at }) => (
                  <li key={`${at} ${text}`}>
                    <p>{text}</p>
                    <small>
                      {by}, <time dateTime={at}>{dayTime(at)}</time>
                    </small>
                  </li>
                ))}
              </ol>
              <Sender
                label="Note"
                button="Add"
                send={(text) => askEngine('noteLetters', { path: { group }, body: { text } })}
                onDone={refresh}
              />
            </div>
          </Panel>
          {open.length > 0 && (
            <Panel title="Without running it again">
              <div className="body tools">
                {RESOLUTIONS.map(({ label, how, isDangerous = false }) => (
                  <Action
                    key={how}
                    call="resolveLetters"
                    path={{ group }}
                    body={{ how }}
                    onDone={refresh}
                    {...{ label, isDangerous }}
                  />
                ))}
              </div>
            </Panel>
          )}
        </div>
      </div>
    </main>
  );
}

/** What is run again, how fast, and what came of it. */
function Redrives({ group, onDone }: { group: Group; onDone: () => void }) {
  const { order, last_order: last } = group;
  if (!order && group.open === 0 && !last) return null;
  return (
    <Panel
      title="Run it again"
      tools={
        order && (
          <Action label="Stop" call="stopRedrive" path={{ group: group.group }} onDone={onDone} isDangerous />
        )
      }
    >
      <div className="body">
        {order && <Order order={order} />}
        {!order && group.open > 0 && <RedriveForm group={group} onDone={onDone} />}
        {!order && last && <LastOrder last={last} letters={group.letters} />}
      </div>
    </Panel>
  );
}

function Order({ order }: { order: NonNullable<Group['order']> }) {
  const { by, mode, sent, waiting, canary, until, per_minute, reason } = order;
  const all = sent + waiting;
  return (
    <div role="status">
      <div className="stack-bar" aria-hidden="true">
        <i className="running" style={{ flexGrow: sent }} />
        <i style={{ flexGrow: waiting }} />
      </div>
      <p>
        {by} redrives these ({mode}): {sent} of {all} sent, {per_minute} a minute at most. {reason}
      </p>
      {canary && (
        <p>
          One goes first: the others wait for <code>{canary}</code> to end well.
        </p>
      )}
      {until && <p>It goes on {dayTime(until)}: this minute has had all it may.</p>}
    </div>
  );
}

function LastOrder({
  last,
  letters,
}: {
  last: NonNullable<Group['last_order']>;
  letters: readonly Letter[];
}) {
  const mended = letters.filter(({ resolved }) => resolved?.how === 'retried').length;
  return (
    <p role="status">
      {last.why ? <Status of="failed">stopped</Status> : <Status of="succeeded">done</Status>} The last
      redrive, by {last.by} {ago(last.started_at, Date.now())} ({last.mode}): {counted(last.sent, 'letter')}{' '}
      sent, {last.left} left.
      {last.why && ` It was stopped: ${last.why}.`}
      {mended > 0 && ` ${counted(mended, 'letter')} of these ended well.`}
    </p>
  );
}

function RedriveForm({ group: { group, open }, onDone }: { group: Group; onDone: () => void }) {
  const [mode, setMode] = useState<'canary' | 'all'>('canary');
  const [perMinute, setPerMinute] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<ApiError>();
  const id = useId();
  async function send() {
    try {
      const rate = perMinute === '' ? {} : { per_minute: Number(perMinute) };
      const why = reason.trim() === '' ? {} : { reason: reason.trim() };
      await askEngine('redriveLetters', { path: { group }, body: { mode, ...rate, ...why } });
      setError(undefined);
      onDone();
    } catch (refused) {
      setError(refused as ApiError);
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <fieldset className="modes">
        <legend className="unseen">How</legend>
        <label>
          <input type="radio" name={id} checked={mode === 'canary'} onChange={() => setMode('canary')} />
          <span>
            <strong>One first</strong>
            <small>the others follow when it has ended well</small>
          </span>
        </label>
        <label>
          <input type="radio" name={id} checked={mode === 'all'} onChange={() => setMode('all')} />
          <span>
            <strong>All {open}</strong>
            <small>when the cause is mended for certain</small>
          </span>
        </label>
      </fieldset>
      <div className="fields">
        <label>
          A minute at most
          <input
            type="number"
            min={1}
            placeholder="as configured"
            value={perMinute}
            onChange={({ target }) => setPerMinute(target.value)}
          />
        </label>
        <label>
          Why?
          <input
            value={reason}
            maxLength={500}
            placeholder="for the journal"
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
      </div>
      <p>
        <button type="submit" className="primary">
          Redrive {mode === 'canary' ? 'one first' : 'all of them'}
        </button>
      </p>
      <Problem error={error} />
    </form>
  );
}

function LetterCard({ letter }: { letter: Letter }) {
  const { job_id, node_id, resolved, tests = [], more_tests = 0 } = letter;
  return (
    <li className={`letter ${letter.status}`}>
      <p className="row">
        <strong>
          {job_id ? (
            <a href={node_id ? linkTo('jobs', job_id, node_id) : linkTo('jobs', job_id)}>
              {node_id ?? job_id}
            </a>
          ) : (
            (letter.queue ?? letter.letter_id)
          )}
        </strong>
        <Status of={letter.status} />
        {letter.graph && job_id && (
          <span>
            of <a href={linkTo('jobs', job_id)}>{letter.graph}</a>
          </span>
        )}
        {letter.attempt !== undefined && <small>attempt {letter.attempt}</small>}
        {letter.worker_id && <small>on {letter.worker_id}</small>}
        {letter.redriven > 0 && <small>came back {counted(letter.redriven, 'time')}</small>}
        <small>parked {ago(letter.parked_at, Date.now())}</small>
      </p>
      <p>{letter.why}</p>
      {letter.said && <pre>{letter.said}</pre>}
      {tests.length > 0 && (
        <ul className="failed-tests">
          {tests.map((test) => (
            <li key={test}>✕ {test}</li>
          ))}
          {more_tests > 0 && <li>and {more_tests} more</li>}
        </ul>
      )}
      {resolved && (
        <p>
          <Status of="resolved">{resolved.how}</Status> {resolved.by && `by ${resolved.by}`} {resolved.why}
        </p>
      )}
    </li>
  );
}
