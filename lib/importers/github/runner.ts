import type { Path } from '../../core/dag/check/problems';
import { LIMITS } from '../../core/limits';
import type { Tell } from './env';
import { type Scope, textOf } from './evaluate';
import { resolveValue } from './interpolate';
import type { WorkflowJob } from './schema';

type RunsOn = WorkflowJob['runs-on'];

/** The labels of a job's runner as labels of workers. */
export function labelsOf(runsOn: RunsOn, path: Path, scope: Scope, tell: Tell): string[] {
  if (runsOn === undefined || runsOn === null) return [];
  if (typeof runsOn === 'object' && !Array.isArray(runsOn)) {
    if (runsOn.group) tell('left-out', [...path, 'group'], `workers have no groups (${runsOn.group})`);
    return labelsOf(runsOn.labels, [...path, 'labels'], scope, tell);
  }
  const labels = [runsOn].flat().flatMap((given) => {
    const known = resolveValue(given, scope);
    if (known) return [known.value].flat().map(textOf);
    tell('left-out', path, `the label ${given} is only known on GitHub: any worker may take the job`);
    return [];
  });
  return [...new Set(labels)]
    .filter((label) => label !== '')
    .map((label) => {
      const usable = label.replace(/[^A-Za-z0-9_.:/=-]+/g, '-').slice(0, 64);
      if (usable !== label) tell('changed', path, `the label ${JSON.stringify(label)} is written ${usable}`);
      return usable;
    })
    .slice(0, LIMITS.labels);
}

/** The operating system in GitHub's words, as its own runners' labels tell it; undefined for others. */
export function osOf(labels: readonly string[]): 'Linux' | 'Windows' | 'macOS' | undefined {
  const text = labels.join(' ').toLowerCase();
  if (/\bwindows\b/.test(text)) return 'Windows';
  if (/\bmacos\b/.test(text)) return 'macOS';
  return /\b(ubuntu|linux)\b/.test(text) ? 'Linux' : undefined;
}

/** A job's time limit as a duration of the format. */
export function timeoutOf(
  given: string | number | null | undefined,
  path: Path,
  scope: Scope,
  tell: Tell,
): string | undefined {
  if (given === undefined || given === null) return undefined;
  const minutes = Number(resolveValue(given, scope)?.value ?? Number.NaN);
  if (!Number.isFinite(minutes) || minutes <= 0) {
    tell('left-out', path, `the time limit ${given} is no number of minutes that is known here`);
    return undefined;
  }
  const longest = LIMITS.durationMs / 60_000;
  if (minutes > longest) {
    tell('changed', path, `the time limit ${given} is longer than the longest duration, ${longest} minutes`);
    return `${longest}m`;
  }
  return Number.isInteger(minutes) ? `${minutes}m` : `${Math.ceil(minutes * 60)}s`;
}
