import type { ReactNode } from 'react';
import { ERRORS } from '../../../lib/core/errors';
import { type ApiError, isMissingHere } from '../data/api';
import { Icon } from './icons';

const GLYPHS: Readonly<Record<string, string>> = {
  succeeded: '✓',
  failed: '✕',
  lost: '⚡',
  running: '●',
  ready: '◔',
  backoff: '↻',
  skipped: '⤼',
  cancelled: '⊘',
  waiting: '○',
  expanded: '⋔',
  submitted: '○',
  paused: '‖',
  flaky: '≈',
  active: '●',
  cordoned: '⊘',
  probation: '◔',
  draining: '↓',
  open: '⊘',
  closed: '✓',
  half_open: '◔',
  resolved: '✓',
  redriving: '↻',
  assigned: '◔',
  pass: '✓',
  warn: '!',
  fail: '✕',
  accepted: '✓',
  refused: '⊘',
};

/** A status in words and in a shape, not in colour alone. */
export function Status({ of, children }: { of: string; children?: ReactNode }) {
  return (
    <span className={`status ${of}`}>
      <span aria-hidden="true">{GLYPHS[of] ?? '·'}</span> {children ?? of.replaceAll('_', ' ')}
    </span>
  );
}

/** What was refused, why, and where in what was sent. */
export function Problem({ error }: { error: ApiError | undefined }) {
  if (!error) return null;
  if (isMissingHere(error)) return <p className="hint">Some of this is not known to this host.</p>;
  return (
    <div className="problem" role="alert">
      <p>
        {saidOf(error)} <code>{error.code}</code>
      </p>
      {error.problems && error.problems.length > 1 && (
        <ul>
          {error.problems.slice(0, 20).map((problem) => (
            <li key={`${problem.path} ${problem.message}`}>{problem.message}</li>
          ))}
        </ul>
      )}
      <p className="mend">{mendOf(error)}</p>
    </div>
  );
}

/** What the engine said, without the call that it was said to. */
const saidOf = ({ message }: ApiError): string => message.replace(/^[A-Z]+ \S+ answered \d+: /, '');

/** What whoever reads it can do. */
function mendOf({ code }: ApiError): string {
  if (code === 'UPSTREAM_UNAVAILABLE')
    return 'Is it running? It is asked again by itself; what is shown is what it said last.';
  if (code === 'UNAUTHENTICATED')
    return 'Sign out and in again: a daemon has another token each time it is started.';
  return ERRORS[code].mend;
}

/** A sentence in which code stands between backticks. */
export const Told = ({ text }: { text: string }) => (
  <>{text.split('`').map((part, i) => (i % 2 === 0 ? part : <code key={part}>{part}</code>))}</>
);

/** What a view shows where it has nothing to show: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name="empty" />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export const Loading = ({ what = 'Asking the engine …' }: { what?: string }) => (
  <p className="loading" role="status">
    <span className="spinner" aria-hidden="true" /> {what}
  </p>
);

/** What a view shows until it has what it is about, and where it never will. */
export function Pending({ error, what }: { error: ApiError | undefined; what?: string }) {
  if (error && isMissingHere(error)) {
    return (
      <Empty title="Not here">
        <p>
          This host answers for one run alone. <code>npx reprise serve</code> has the rest.
        </p>
      </Empty>
    );
  }
  return error ? <Problem error={error} /> : <Loading {...(what !== undefined && { what })} />;
}

/** Head of a page: where one is, what can be chosen and done. The tab of the browser says the same. */
export function PageHead(props: {
  title: string;
  lead?: ReactNode;
  back?: { readonly href: string; readonly name: string };
  children?: ReactNode;
}) {
  const { title, lead, back, children } = props;
  return (
    <header className="page-head">
      <title>{`${title} · Reprise`}</title>
      <div>
        {back && (
          <a className="back" href={back.href}>
            <Icon name="back" /> {back.name}
          </a>
        )}
        <h1>{title}</h1>
        {lead && <p className="lead">{lead}</p>}
      </div>
      {children && <div className="tools">{children}</div>}
    </header>
  );
}

/** A part of a page with its own heading. */
export function Panel(props: {
  title: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const { title, tools, children, className = '' } = props;
  return (
    <section className={`panel ${className}`}>
      <header>
        <h2>{title}</h2>
        {tools && <div className="tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}

/** What may be wider than its place, and is then moved by keys as well. */
export function Scroll({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={`scroll ${className}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** A number that is looked at first. */
export function Figure(props: { name: string; value: ReactNode; note?: ReactNode; tone?: string }) {
  const { name, value, note, tone = '' } = props;
  return (
    <div className={`figure ${tone}`}>
      <dt>{name}</dt>
      <dd>
        {value}
        {note && <small>{note}</small>}
      </dd>
    </div>
  );
}

/** Several ways to look at the same, of which one is chosen. */
export function Choice<Name extends string>(props: {
  label: string;
  of: readonly (readonly [Name, string])[];
  value: Name;
  onChoose: (name: Name) => void;
}) {
  const { label, of, value, onChoose } = props;
  return (
    <fieldset className="choice">
      <legend className="unseen">{label}</legend>
      {of.map(([name, text]) => (
        <button key={name} type="button" aria-pressed={name === value} onClick={() => onChoose(name)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}

/** What a list is narrowed by, in words of one's own. */
export function Search(props: { placeholder: string; value: string; onType: (value: string) => void }) {
  const { placeholder, value, onType } = props;
  return (
    <label>
      Search
      <input
        type="search"
        placeholder={placeholder}
        value={value}
        onChange={({ target }) => onType(target.value)}
      />
    </label>
  );
}

/** The same, by one of a few; all of them where none is chosen. */
export function Select(props: {
  name: string;
  of: readonly string[];
  value: string;
  onChoose: (value: string) => void;
}) {
  const { name, of, value, onChoose } = props;
  return (
    <label>
      {name}
      <select value={value} onChange={({ target }) => onChoose(target.value)}>
        <option value="">every {name.toLowerCase()}</option>
        {of.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
