import type { ConfigHistory, ConfigView } from '../../contract/config';

/** Every key and its value, for a terminal. */
export function renderConfig({ version, keys }: ConfigView, showsOrigin: boolean): string {
  const width = Math.max(...keys.map(({ key }) => key.length));
  const lines = keys.map(({ key, value, origin }) => {
    const from = showsOrigin ? `${origin.padEnd(11)}  ` : '';
    return `${key.padEnd(width)}  ${from}${JSON.stringify(value)}\n`;
  });
  return `${lines.join('')}version ${version}\n`;
}

export function renderConfigHistory({ changes }: ConfigHistory): string {
  if (changes.length === 0) return 'nothing was changed\n';
  return changes
    .map(({ version, at, by, origin, reason, changes: changed }) => {
      const why = reason === undefined ? '' : `: ${reason}`;
      const lines = changed.map(
        ({ key, before, after }) => `    ${key}: ${said(before)} -> ${said(after)}\n`,
      );
      return `${version}  ${at}  ${by} (${origin})${why}\n${lines.join('')}`;
    })
    .join('');
}

const said = (value: unknown): string => (value === undefined ? 'not said' : JSON.stringify(value));
