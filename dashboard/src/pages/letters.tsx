import { useCallback } from 'react';
import type { LetterGroupView, LetterView, ListLettersResponse } from '../../../lib/contract/letters';
import { get } from '../data/api';
import { linkTo } from '../data/route';
import { ago } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Action } from '../parts/action';
import { Empty, Loading, Problem } from '../parts/basics';

const askForGroups = () => get<ListLettersResponse>('/letters?limit=100');

export function LettersPage() {
  const { data, error } = usePoll(askForGroups, 3_000);
  return (
    <main>
      <header className="bar">
        <h1>Dead letters</h1>
      </header>
      <p className="hint">
        What failed for good, grouped by what it said. One cause, one group: mend it once, redrive it
        together.
      </p>
      <Problem error={error} />
      {!data && !error && <Loading />}
      {data?.groups.length === 0 && (
        <Empty title="Nothing waits for a person">
          <p>
            What fails after all its attempts is parked here with its evidence, and can run again once its
            cause is mended.
          </p>
        </Empty>
      )}
      <ul className="cards">
        {data?.groups.map((group) => (
          <li key={group.group}>
            <a href={linkTo('letters', group.group)}>
              <strong>{group.class ?? group.kind}</strong> · {group.open} open of {group.letters} ·{' '}
              {ago(group.last_parked_at, Date.now())}
            </a>
            <pre>{group.said}</pre>
            <small>
              {group.owner}
              {group.assignee && ` · assigned to ${group.assignee}`} · <code>{group.signature}</code>
            </small>
          </li>
        ))}
      </ul>
    </main>
  );
}

export function LetterGroupPage({ group }: { group: string }) {
  const ask = useCallback(() => get<LetterGroupView>(`/letters/${encodeURIComponent(group)}`), [group]);
  const { data, error, refresh } = usePoll(ask, 1_500);
  const path = `/letters/${encodeURIComponent(group)}`;
  return (
    <main>
      <p>
        <a href={linkTo('letters')}>← Dead letters</a>
      </p>
      <Problem error={error} />
      {!data && !error && <Loading />}
      {data && (
        <>
          <header className="bar">
            <h1>{data.class ?? data.kind}</h1>
            <span>
              {data.open} open · signature <code>{data.signature}</code>
            </span>
          </header>
          {data.open > 0 && (
            <div className="actions">
              <Action
                label="Redrive, one first"
                path={`${path}/redrive`}
                body={{ mode: 'canary' }}
                onDone={refresh}
              />
              <Action label="Skip" path={`${path}/resolve`} body={{ how: 'skip' }} onDone={refresh} />
              <Action
                label="Abort its jobs"
                path={`${path}/resolve`}
                body={{ how: 'abort' }}
                onDone={refresh}
                isDangerous
              />
            </div>
          )}
          <Redrives of={data} />
          {data.letters.map((letter) => (
            <Letter key={letter.letter_id} letter={letter} />
          ))}
        </>
      )}
    </main>
  );
}

function Redrives({ of: { order, last_order } }: { of: LetterGroupView }) {
  if (order) {
    return (
      <p role="status">
        {order.by} redrives these ({order.mode}): {order.sent} sent, {order.waiting} to come
        {order.canary && `; the others wait for ${order.canary}`}.
      </p>
    );
  }
  if (!last_order) return null;
  return (
    <p>
      Last redrive by {last_order.by}: {last_order.sent} sent, {last_order.left} left
      {last_order.why && `. It was stopped: ${last_order.why}`}.
    </p>
  );
}

function Letter({ letter }: { letter: LetterView }) {
  const { job_id, node_id } = letter;
  return (
    <article className={`card ${letter.status}`}>
      <h2>
        {node_id ?? letter.queue ?? letter.letter_id} <small>{letter.status}</small>
      </h2>
      {job_id && (
        <p>
          Job{' '}
          <a href={node_id ? linkTo('jobs', job_id, node_id) : linkTo('jobs', job_id)}>
            {letter.graph ?? job_id}
          </a>
          , attempt {letter.attempt}
          {letter.redriven > 0 && `, redriven ${letter.redriven} times`}
        </p>
      )}
      <p>{letter.why}</p>
      {letter.said && <pre>{letter.said}</pre>}
      {letter.resolved && (
        <p>
          {letter.resolved.how} {letter.resolved.by && `by ${letter.resolved.by}`} {letter.resolved.why}
        </p>
      )}
    </article>
  );
}
