import { useEffect, useState } from 'react';
import { type Issuer, issuerOfPage, signedInByIssuer, toIssuer } from './data/oidc';
import { setToken } from './data/session';
import { Loading } from './parts/basics';

/** Without the link that the daemon printed one needs the token itself; deployed, the issuer says who one is. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [issuer, setIssuer] = useState<Issuer | undefined>();
  const [isAsking, setAsking] = useState(true);
  const [why, setWhy] = useState<string>();

  useEffect(() => {
    let isGone = false;
    async function find() {
      const found = await issuerOfPage();
      const token = found && (await signedInByIssuer(found));
      if (isGone) return;
      if (token !== undefined) {
        setToken(token);
        onSignedIn();
      }
      setIssuer(found);
      setAsking(false);
    }
    find().catch((error: Error) => {
      if (isGone) return;
      setWhy(error.message);
      setAsking(false);
    });
    return () => {
      isGone = true;
    };
  }, [onSignedIn]);

  return (
    <main className="sign-in">
      <title>Sign in · Reprise</title>
      <h1>Reprise</h1>
      {why !== undefined && (
        <div className="problem" role="alert">
          <p>You could not be signed in: {why}</p>
        </div>
      )}
      {isAsking && <Loading what="Looking how to sign in …" />}
      {!isAsking && issuer && <WithIssuer issuer={issuer} onFailed={setWhy} />}
      {!isAsking && !issuer && <WithToken onSignedIn={onSignedIn} />}
    </main>
  );
}

function WithIssuer({ issuer, onFailed }: { issuer: Issuer; onFailed: (why: string) => void }) {
  return (
    <>
      <p>
        This deployment knows its callers by <strong>{new URL(issuer.authority).host}</strong>.
      </p>
      <button
        type="button"
        className="primary"
        onClick={() => void toIssuer(issuer).catch((error: Error) => onFailed(error.message))}
      >
        Sign in
      </button>
    </>
  );
}

function WithToken({ onSignedIn }: { onSignedIn: () => void }) {
  const [token, set] = useState('');
  return (
    <>
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
    </>
  );
}
