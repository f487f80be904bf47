import { LIMITS } from '../../core/limits';
import { formatDuration } from '../../core/model/duration';
import type { FailureClass } from '../../core/model/failure';
import type { ImportedNode } from '../imported';
import {
  itemsOf,
  type Located,
  type LocatedMap,
  refuse,
  settingOf,
  type Tell,
  textOf,
} from '../located/located';
import { gitlabSeconds } from './duration';
import type { Lookup } from './evaluate';
import { expandKnown } from './variables';

/** @throws RepriseError INPUT_INVALID */
export function timeoutOf(job: LocatedMap): string | undefined {
  const value = settingOf(job, 'timeout');
  if (!value) return undefined;
  const seconds = gitlabSeconds(textOf(value));
  if (seconds === undefined)
    throw refuse(value.spot, `${textOf(value)} is no time: write 1h 30m, or 90 minutes`);
  const ms = Math.round(seconds * 1_000);
  if (ms > LIMITS.durationMs) throw refuse(value.spot, 'a node may run for 336h at most');
  return formatDuration(ms);
}

/** What GitLab's reasons of a failure are here. Nothing but the script says why it failed, so that one is any. */
const REASONS: Readonly<Record<string, readonly FailureClass[] | 'any'>> = {
  always: 'any',
  unknown_failure: 'any',
  script_failure: 'any',
  api_failure: ['infrastructure', 'network'],
  stuck_or_timeout_failure: ['timeout'],
  runner_interrupted: ['infrastructure'],
  runner_system_failure: ['infrastructure'],
  runner_unsupported: [],
  stale_schedule: [],
  job_execution_timeout: ['timeout'],
  archived_failure: [],
  unmet_prerequisites: [],
  scheduler_failure: ['infrastructure'],
  data_integrity_failure: ['infrastructure'],
};

/** @throws RepriseError INPUT_INVALID */
export function retryOf(job: LocatedMap, tell: Tell): ImportedNode['retry'] {
  const value = settingOf(job, 'retry');
  if (!value) return undefined;
  const most = value.kind === 'map' ? settingOf(value, 'max') : value;
  const max = most ? Number(textOf(most)) : 2;
  if (![0, 1, 2].includes(max)) throw refuse((most ?? value).spot, 'a job is retried 0, 1 or 2 times');
  if (max === 0) return undefined;
  const again = { maxAttempts: max + 1, strategy: 'none' as const };
  if (value.kind !== 'map') return { ...again, on: 'any' };
  const when = settingOf(value, 'when');
  const codes = settingOf(value, 'exit_codes');
  if (codes)
    tell('left-out', codes.spot, 'what is retried does not depend on the exit status: these are not retried');
  if (!when) return codes ? undefined : { ...again, on: 'any' };
  const on = reasonsOf(when, tell);
  if (on === 'any') {
    const isAll = itemsOf(when).some((item) => textOf(item) === 'always');
    if (!isAll)
      tell('changed', when.spot, 'whatever fails is retried: why it failed is worked out from its output');
    return { ...again, on };
  }
  if (on.length === 0) {
    tell('left-out', when.spot, 'none of these happens here');
    return undefined;
  }
  tell(
    'changed',
    when.spot,
    `retried after failures of the class ${on.join(' or ')}, as their output shows them`,
  );
  return { ...again, on };
}

function reasonsOf(when: Located, tell: Tell): FailureClass[] | 'any' {
  const found = new Set<FailureClass>();
  for (const item of itemsOf(when)) {
    const name = textOf(item);
    const classes = Object.hasOwn(REASONS, name) ? REASONS[name]! : undefined;
    if (classes === 'any') return 'any';
    if (!classes) tell('left-out', item.spot, `${name} is no reason of a failure that is known here`);
    for (const one of classes ?? []) found.add(one);
  }
  return [...found];
}

/** Tags of runners as labels of workers. */
export function labelsOf(job: LocatedMap, lookup: Lookup, tell: Tell): string[] {
  const value = settingOf(job, 'tags');
  const labels = new Set<string>();
  for (const item of value ? itemsOf(value) : []) {
    const tag = expandKnown(textOf(item), lookup);
    if (tag === undefined) tell('left-out', item.spot, `the tag ${textOf(item)} is only known on GitLab`);
    else if (!/^[A-Za-z0-9_.:/=-]{1,64}$/.test(tag)) tell('left-out', item.spot, `${tag} can be no label`);
    else labels.add(tag);
    if (tag !== undefined && /windows|powershell|pwsh/i.test(tag)) {
      tell(
        'changed',
        item.spot,
        'the script is run by bash or sh, also where a runner for Windows has PowerShell',
      );
    }
  }
  return [...labels].slice(0, LIMITS.labels);
}

export function concurrencyOf(job: LocatedMap, lookup: Lookup, tell: Tell): ImportedNode['concurrency'] {
  const value = settingOf(job, 'resource_group');
  if (!value) return undefined;
  const key = expandKnown(textOf(value), lookup);
  if (key === undefined || key === '' || key.length > LIMITS.concurrencyKeyLength) {
    tell(
      'left-out',
      value.spot,
      `the resource group ${textOf(value)} is only known on GitLab: nodes of it may run at once`,
    );
    return undefined;
  }
  return { key, limit: 1 };
}

export interface ReportSettings {
  /** Paths of JUnit reports below the working directory. */
  readonly junit: readonly { readonly path: string; readonly spot: Located['spot'] }[];
  /** Files of `name=value` lines, as they are written. */
  readonly dotenv: readonly { readonly path: string; readonly spot: Located['spot'] }[];
}

/** What `artifacts:reports` has a counterpart for; the rest is told. */
export function reportsOf(job: LocatedMap, lookup: Lookup, tell: Tell): ReportSettings {
  const artifacts = settingOf(job, 'artifacts');
  const reports = artifacts?.kind === 'map' ? settingOf(artifacts, 'reports') : undefined;
  if (reports?.kind !== 'map') return { junit: [], dotenv: [] };
  for (const [key, { spot }] of reports.entries) {
    if (key !== 'junit' && key !== 'dotenv')
      tell('left-out', spot, `nobody here reads a report of the kind ${key}`);
  }
  const junit = itemsOf(settingOf(reports, 'junit') ?? { kind: 'list', items: [], spot: reports.spot });
  const dotenv = itemsOf(settingOf(reports, 'dotenv') ?? { kind: 'list', items: [], spot: reports.spot });
  const withFolder: Lookup = (name) => (name === 'CI_PROJECT_DIR' ? '.' : lookup(name));
  return {
    junit: junit.flatMap((item) => {
      const path = expandKnown(textOf(item), withFolder)?.replace(/^(\.\/)+/, '');
      const problem = path === undefined ? 'its name is only known on GitLab' : reportProblem(path);
      if (path !== undefined && problem === undefined) return [{ path, spot: item.spot }];
      tell('left-out', item.spot, `the report ${textOf(item)} is not read: ${problem}`);
      return [];
    }),
    dotenv: dotenv.map((item) => ({ path: textOf(item), spot: item.spot })),
  };
}

function reportProblem(path: string): string | undefined {
  if (path.length > LIMITS.reportPathLength) return 'its path is too long';
  if (/^[/~]|\\|\p{Cc}/u.test(path) || path.split('/').includes('..'))
    return 'it lies out of the working directory';
  if (/[[\]{}!]/.test(path)) return 'only *, ? and ** are patterns here';
  return undefined;
}
