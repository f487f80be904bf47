import { useCallback } from 'react';
import { headline } from '../../../lib/core/model/headline';
import { CLASSES } from '../data/advice';
import { type AnswerOf, askEngine } from '../data/api';
import { linkTo, oneOf, useChoice } from '../data/route';
import { ago, counted } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Empty, PageHead, Pending, Problem, Search, Select, Status } from '../parts/basics';
import '../style/letters.css';

type Group = AnswerOf<'listLetters'>['groups'][number];
const STATUSES = ['open', 'assigned', 'redriving', 'resolved'] as const;

export default function LettersPage() {
  const [status, setStatus] = useChoice('status');
  const [failureClass, setClass] = useChoice('class');
  const [search, setSearch] = useChoice('q');
  const ask = useCallback(
    () =>
      askEngine('listLetters', {
        query: { limit: 100, status: oneOf(STATUSES, status), class: oneOf(CLASSES, failureClass) },
      }),
    [status, failureClass],
  );
  const { data, error } = usePoll(ask, 1_900, 'letter/');
  const wanted = search.trim().toLowerCase();
  const groups = data?.groups.filter((group) =>
    `${group.said} ${group.signature} ${group.assignee ?? ''}`.toLowerCase().includes(wanted),
  );
  const isFiltered = status !== '' || failureClass !== '' || wanted !== '';
  return (
    <main>
      <PageHead
        title="Dead letters"
        lead="What failed for good, grouped by what it said. One cause, one group: mend it once, redrive it together."
      />
      <div className="filters">
        <Search placeholder="what it said, or whose it is" value={search} onType={setSearch} />
        <Select name="Status" of={STATUSES} value={status} onChoose={setStatus} />
        <Select name="Class" of={CLASSES} value={failureClass} onChoose={setClass} />
      </div>
      {data && <Problem error={error} />}
      {!data && <Pending error={error} />}
      {groups?.length === 0 &&
        (isFiltered ? (
          <Empty title="No group is like that">
            <a href={linkTo('letters')}>Show all of them</a>
          </Empty>
        ) : (
          <Empty title="Nothing waits for a person">
            <p>
              What fails after all its attempts is parked here with its evidence, and can run again once its
              cause is mended.
            </p>
          </Empty>
        ))}
      <ul className="cards">
        {groups?.map((group) => (
          <GroupCard key={group.group} group={group} />
        ))}
      </ul>
    </main>
  );
}

function GroupCard({ group }: { group: Group }) {
  return (
    <li className="letter-group">
      <h2>
        <a href={linkTo('letters', group.group)}>{headline(group.said)}</a>
      </h2>
      <p className="row">
        <Status of={group.status} />
        <span className="pill failed">{group.class ?? group.kind}</span>
        <span>
          {group.open} open of {counted(group.letters, 'letter')}
        </span>
        <small>latest {ago(group.last_parked_at, Date.now())}</small>
        {group.oldest_at && <small>oldest {ago(group.oldest_at, Date.now())}</small>}
        {group.assignee ? <span className="pill">{group.assignee}</span> : <small>nobody's yet</small>}
      </p>
      {group.said.includes('\n') && <pre>{group.said}</pre>}
      <small>
        {group.owner} · signature <code>{group.signature}</code>
      </small>
    </li>
  );
}
