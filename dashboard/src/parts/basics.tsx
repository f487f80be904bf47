import type { ReactNode } from 'react';
import type { ApiError } from '../data/api';

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
};

/** A status in words and in a shape, not in colour alone. */
export function Status({ of }: { of: string }) {
  return (
    <span className={`status ${of}`}>
      <span aria-hidden="true">{GLYPHS[of] ?? '·'}</span> {of}
    </span>
  );
}

export function Problem({ error }: { error: ApiError | undefined }) {
  if (!error) return null;
  return (
    <p className="problem" role="alert">
      {error.message} <code>{error.code}</code>
    </p>
  );
}

/** What a view shows where it has nothing to show: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export const Loading = () => (
  <p className="loading" role="status">
    Asking the engine …
  </p>
);
