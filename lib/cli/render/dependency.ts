import type { DependencySummary, DependencyView } from '../../contract/dependencies';
import { colorsFor } from './style';

/** One line for each dependency: name, state, and why it stands so. */
export function renderDependencies({
  dependencies,
}: {
  readonly dependencies: readonly DependencySummary[];
}): string {
  if (dependencies.length === 0) return 'no dependencies\n';
  const width = Math.max(...dependencies.map(({ name }) => name.length));
  return dependencies
    .map((each) => `${each.name.padEnd(width)}  ${stateOf(each).padEnd(15)}  ${each.why ?? ''}`.trimEnd())
    .map((row) => `${row}\n`)
    .join('');
}

export function renderDependency(view: DependencyView): string {
  const colors = colorsFor(process.stdout);
  const { name, since, until, calls, probes, pools, recent } = view;
  const { counted, failed, slow } = calls;
  const rows: [string, string | undefined][] = [
    ['since', since],
    ['until', until],
    ['calls', `${counted} counted, ${failed} failed, ${slow} slow`],
    ['probes', probes === undefined ? undefined : `${probes} at a time in a pool`],
    ['pools', pools.length === 0 ? undefined : pools.join(' ')],
  ];
  const changes = recent.map(({ at, state, why, by }) => {
    return `  ${colors.dim(at)}  ${state.padEnd(9)}  ${[by, why].filter(Boolean).join(': ')}\n`;
  });
  return [
    `${colors.bold(name)}  ${stateOf(view)}\n`,
    ...rows.flatMap(([key, value]) => (value === undefined ? [] : [`  ${key.padEnd(6)}  ${value}\n`])),
    ...changes,
  ].join('');
}

const stateOf = ({ state, forced }: Pick<DependencySummary, 'state' | 'forced'>): string =>
  forced ? `${state} (forced)` : state;
