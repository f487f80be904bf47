import { lazy, StrictMode, Suspense, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { forgetToken, hasToken, setToken, takeToken } from './data/api';
import { linkTo, useRoute } from './data/route';
import { JobsPage } from './pages/jobs';
import { LetterGroupPage, LettersPage } from './pages/letters';
import { WorkersPage } from './pages/workers';
import { Empty, Loading } from './parts/basics';
import './style.css';

/** The graph and its timeline are a part of their own: the lists are there before it. */
const JobPage = lazy(() => import('./pages/job'));

const SECTIONS = [
  ['jobs', 'Jobs'],
  ['letters', 'Dead letters'],
  ['workers', 'Workers'],
] as const;

function App() {
  const route = useRoute();
  const [isIn, setIn] = useState(hasToken());
  if (!isIn) return <SignIn onSignedIn={() => setIn(true)} />;
  const [section = 'jobs'] = route;
  return (
    <>
      <nav aria-label="Sections">
        <strong>Reprise</strong>
        {SECTIONS.map(([path, name]) => (
          <a key={path} href={linkTo(path)} aria-current={section === path ? 'page' : undefined}>
            {name}
          </a>
        ))}
        <button
          type="button"
          onClick={() => {
            forgetToken();
            setIn(false);
          }}
        >
          Sign out
        </button>
      </nav>
      <Suspense fallback={<Loading />}>
        <Page route={route} />
      </Suspense>
    </>
  );
}

function Page({ route: [section = 'jobs', id, nodeId] }: { route: readonly string[] }) {
  if (section === 'jobs' || section === '') {
    return id ? <JobPage key={id} jobId={id} nodeId={nodeId} /> : <JobsPage />;
  }
  if (section === 'letters') return id ? <LetterGroupPage key={id} group={id} /> : <LettersPage />;
  if (section === 'workers') return <WorkersPage />;
  return (
    <Empty title="There is no such page">
      <a href={linkTo('jobs')}>To the jobs</a>
    </Empty>
  );
}

/** Without the link that the daemon printed one needs the token itself. */
function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [token, set] = useState('');
  return (
    <main className="sign-in">
      <h1>Reprise</h1>
      <p>
        Open the link that <code>reprise serve</code> printed, or give the <code>token</code> of its{' '}
        <code>server.json</code>.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setToken(token.trim());
          onSignedIn();
        }}
      >
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          value={token}
          onChange={({ target }) => set(target.value)}
        />
        <button type="submit" className="primary" disabled={token.trim() === ''}>
          Sign in
        </button>
      </form>
    </main>
  );
}

takeToken();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
