import { flagOf, itemsOf, type LocatedMap, settingOf, type Tell, textOf } from '../located/located';
import type { Job } from './config';
import type { Instance } from './job';
import type { Scheduled } from './schedule';
import { scriptLines } from './script';
import type { ReportSettings } from './settings';

/** A variable that a job writes to a dotenv report. */
interface Handed {
  readonly name: string;
  readonly from: Scheduled;
}

/**
 * The variables of dotenv reports that each node gets, as GitLab hands them on: from what it needs, or else from all
 * stages before; `dependencies` and `artifacts: false` leave some out. Names are those that scripts visibly write.
 */
export function dotenvOf(
  nodes: ReadonlyMap<Instance, Scheduled>,
  reports: ReadonlyMap<Instance, ReportSettings>,
  tellOf: (node?: string) => Tell,
): Map<Instance, Record<string, string>> {
  const handed = new Map<Scheduled, { readonly job: Job; readonly variables: readonly Handed[] }>();
  for (const [instance, node] of nodes) {
    const files = reports.get(instance)!.dotenv;
    if (files.length === 0) continue;
    const variables = writtenBy(
      instance,
      node,
      files.map(({ path }) => path),
    );
    if (variables.length > 0) handed.set(node, { job: instance.job, variables });
    const names = variables.map(({ name }) => name).join(', ');
    const message =
      variables.length > 0
        ? `of what is written there, jobs that come after it get ${names}, empty where it is not written`
        : 'what is written there are outputs of the node, and their names are not known: no later job gets them';
    for (const { spot } of files) tellOf(instance.id)('changed', spot, message);
  }
  const given = [...nodes].map(([instance, node]) => {
    const before = node.needs ?? [...nodes.values()].filter((other) => other.stage < node.stage);
    const sources = before.flatMap((source) => {
      const { job, variables } = handed.get(source) ?? {};
      return job && takesFrom(instance.job.map, job.name) ? (variables ?? []) : [];
    });
    return [
      instance,
      Object.fromEntries(sources.map(({ name, from }) => [name, outputOf(from, name)])),
    ] as const;
  });
  return new Map(given);
}

/** Of several instances of a job it is open which one counts. */
function writtenBy({ job }: Instance, node: Scheduled, paths: readonly string[]): Handed[] {
  if (settingOf(job.map, 'parallel')) return [];
  const lines = ['before_script', 'script', 'after_script'].flatMap((key) =>
    scriptLines(settingOf(job.map, key)),
  );
  const files = paths.map((path) => path.split('/').at(-1)!);
  const names = lines
    .filter((line) => files.some((file) => line.includes(file)))
    .flatMap((line) => [...line.matchAll(/(?:echo|printf)\s+(?:-\w+\s+)?["']?([A-Za-z_]\w{0,63})=/g)])
    .map((match) => match[1]!);
  return [...new Set(names)].map((name) => ({ name, from: node }));
}

function takesFrom(job: LocatedMap, name: string): boolean {
  const dependencies = settingOf(job, 'dependencies');
  if (dependencies && !itemsOf(dependencies).some((item) => textOf(item) === name)) return false;
  const needs = settingOf(job, 'needs');
  return !(needs ? itemsOf(needs) : []).some((need) => {
    if (need.kind !== 'map') return false;
    const artifacts = settingOf(need, 'artifacts');
    const target = settingOf(need, 'job');
    return artifacts !== undefined && target !== undefined && textOf(target) === name && !flagOf(artifacts);
  });
}

/** What is not written is empty on GitLab; here an expression that gives nothing fails its node. */
function outputOf({ id }: Scheduled, name: string): string {
  const output = `results.\`${id}\`.outputs.${name}`;
  return `$exists(${output}) ? ${output} : ''`;
}
