import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { askEngine } from './data/api';
import { beginListening, type Liveness, useLiveness } from './data/changes';
import { linkTo, usePlace } from './data/route';
import { apiPage, forgetToken, tokenOfTab } from './data/session';
import { THEMES, useTheme } from './data/theme';
import { usePoll } from './data/use-poll';
import { JobsPage } from './pages/jobs';
import { Empty, Loading, PageHead } from './parts/basics';
import { Boundary } from './parts/boundary';
import { Icon, type IconName } from './parts/icons';
import { SignIn } from './sign-in';

/** What is not looked at first is a part of its own: the list of jobs is there before it. */
const JobPage = lazy(() => import('./pages/job'));
const ComparePage = lazy(() => import('./pages/compare'));
const SubmitPage = lazy(() => import('./pages/submit'));
const LettersPage = lazy(() => import('./pages/letters'));
const LetterGroupPage = lazy(() => import('./pages/letter-group'));
const WorkersPage = lazy(() => import('./pages/workers'));
const CapacityPage = lazy(() => import('./pages/capacity'));
const HealthPage = lazy(() => import('./pages/health'));
const AuditPage = lazy(() => import('./pages/audit'));

const SECTIONS: readonly (readonly [IconName, string])[] = [
  ['jobs', 'Jobs'],
  ['letters', 'Dead letters'],
  ['workers', 'Workers'],
  ['capacity', 'Capacity'],
  ['health', 'Health'],
  ['audit', 'Audit'],
];

export function Root() {
  const [isIn, setIn] = useState(tokenOfTab() !== undefined);
  if (!isIn) return <SignIn onSignedIn={() => setIn(true)} />;
  return (
    <Shell
      onSignOut={() => {
        forgetToken();
        setIn(false);
      }}
    />
  );
}

function Shell({ onSignOut }: { onSignOut: () => void }) {
  const { parts } = usePlace();
  const [section = 'jobs'] = parts;
  useEffect(beginListening, []);
  return (
    <div className="shell">
      <nav aria-label="Sections">
        <button type="button" className="skip" onClick={toContent}>
          To the content
        </button>
        <a className="brand" href={linkTo('jobs')}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M4 10a6 6 0 1 1 2 4.500M4 15v-3.500h3.500" />
          </svg>
          Reprise
        </a>
        <ul>
          {SECTIONS.map(([path, name]) => (
            <li key={path}>
              <a
                href={linkTo(path)}
                // Where the sections are a line that scrolls, the one that is shown is seen.
                ref={isWithin(section, path) ? intoView : undefined}
                aria-current={isWithin(section, path) ? 'page' : undefined}
              >
                <Icon name={path} /> {name}
                {path === 'letters' && <OpenLetters />}
              </a>
            </li>
          ))}
        </ul>
        <div className="foot">
          <LiveMark />
          <a className="button quiet" href={apiPage()} title="The REST API, to browse and to try">
            <Icon name="api" /> REST API
          </a>
          <ThemeButton />
          <button type="button" className="quiet" onClick={onSignOut}>
            <Icon name="out" /> Sign out
          </button>
        </div>
      </nav>
      <div id="content" tabIndex={-1}>
        {/* A node of a job is a part of its page, which stays. */}
        <Boundary key={parts.slice(0, 2).join('/')}>
          <Suspense fallback={<Loading />}>
            <Page parts={parts} />
          </Suspense>
        </Boundary>
      </div>
    </div>
  );
}

function intoView(link: HTMLElement | null): void {
  const line = link?.closest('ul');
  if (link && line) line.scrollLeft = link.offsetLeft - (line.clientWidth - link.offsetWidth) / 2;
}

function toContent(): void {
  document.getElementById('content')?.focus();
}

const isWithin = (section: string, path: string): boolean =>
  section === path || (path === 'jobs' && ['', 'compare', 'submit'].includes(section));

function Page({ parts: [section = 'jobs', id, other] }: { parts: readonly string[] }) {
  switch (section) {
    case '':
    case 'jobs':
      return id ? <JobPage key={id} jobId={id} nodeId={other} /> : <JobsPage />;
    case 'compare':
      return <ComparePage key={`${id} ${other}`} before={id ?? ''} after={other ?? ''} />;
    case 'submit':
      return <SubmitPage />;
    case 'letters':
      return id ? <LetterGroupPage key={id} group={id} /> : <LettersPage />;
    case 'workers':
      return <WorkersPage />;
    case 'capacity':
      return <CapacityPage />;
    case 'health':
      return <HealthPage />;
    case 'audit':
      return <AuditPage />;
    default:
      return (
        <main>
          <PageHead title="Not found" />
          <Empty title="There is no such page">
            <a href={linkTo('jobs')}>To the jobs</a>
          </Empty>
        </main>
      );
  }
}

/** How many letters wait for a person, seen from everywhere. */
function OpenLetters() {
  const ask = useCallback(() => askEngine('getQueue', { path: { pool: 'default' } }), []);
  const { data } = usePoll(ask, 15_000, 'letter/');
  const open = data?.letters?.open ?? 0;
  if (open === 0) return null;
  return (
    <span className="badge">
      {open}
      <span className="unseen"> open</span>
    </span>
  );
}

const LIVE: Readonly<Record<Liveness, string>> = {
  connecting: 'Connecting',
  streaming: 'Live',
  polling: 'Live, by asking',
  lost: 'Connection lost',
};

function LiveMark() {
  const liveness = useLiveness();
  return (
    <span className={`live ${liveness}`} role="status">
      <i aria-hidden="true" /> {LIVE[liveness]}
    </span>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  const icons = { auto: 'auto', light: 'sun', dark: 'moon' } as const;
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => setTheme(next)}
      title={`Colours: ${theme}. To ${next}`}
    >
      <Icon name={icons[theme]} /> Colours: {theme}
    </button>
  );
}
