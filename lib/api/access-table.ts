import { SCOPES, type Scope } from '../core/access/scopes';
import type { Route } from './route';
import { ROUTES } from './routes';

/** Who may call which route, and whose things it is about, as a Markdown table made of the list of routes. */
export function accessTable(): string {
  const head = ['| route | scopes (one of) | whose | served by |', '| --- | --- | --- | --- |'];
  const rows = Object.values<Route>(ROUTES).map(({ name, scopes, about, by, open }) => {
    const host = by === 'daemon' ? 'the daemon only' : `\`${by}\``;
    const needs = open ? 'none, and no token' : scopes.map(scopeText).join(', ');
    return `| \`${name}\` | ${needs} | ${about} | ${host} |`;
  });
  return [...head, ...rows].join('\n');
}

function scopeText(scope: Scope): string {
  return scope === SCOPES.worker ? `\`${scope}\`, \`${scope}:POOL\`` : `\`${scope}\``;
}
