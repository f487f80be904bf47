import { nodeOf } from '../finish';
import type { ImportedNode } from '../imported';
import { checkLength, type LocatedMap, settingOf, type Tell, textsIn } from '../located/located';
import type { Job } from './config';
import { predefinedExports } from './environment';
import type { Lookup } from './evaluate';
import type { Fate } from './fate';
import type { Given } from './known';
import type { Combination, Form } from './parallel';
import type { Order } from './schedule';
import { commandOf, scriptLines } from './script';
import { concurrencyOf, labelsOf, type ReportSettings, reportsOf, retryOf, timeoutOf } from './settings';
import { exportLines, settingWord, type Variable } from './variables';

/** One node that a job becomes. */
export interface Instance {
  readonly job: Job;
  readonly id: string;
  readonly combination: Combination;
  readonly form: Form | undefined;
  readonly fate: Fate;
  /** What is known of its variables. */
  readonly lookup: Lookup;
}

/** The keys of a job that its command is made of. */
export const SCRIPTS = ['before_script', 'script', 'after_script'] as const;

export interface JobContext {
  readonly given: Given;
  readonly reports: ReportSettings;
  /** Variables that it gets from outputs of others. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly tell: Tell;
}

/** @throws RepriseError INPUT_INVALID */
export function importJob(instance: Instance, order: Order, how: JobContext): ImportedNode {
  const { job, form, id, lookup, fate } = instance;
  const { map, entry } = job;
  const { reports, outputs, tell } = how;
  const run = command(instance, how);
  checkLength(run, entry.spot);
  return nodeOf({
    id,
    run,
    needs: [...order.needs],
    trigger: order.trigger,
    when: order.when,
    allowFailure: fate.allowFailure || undefined,
    shards: form?.kind === 'shards' ? form.shards : undefined,
    matrix: form?.kind === 'matrix' ? form.matrix : undefined,
    labels: labelsOf(map, lookup, tell),
    concurrency: concurrencyOf(map, lookup, tell),
    timeout: timeoutOf(map),
    retry: retryOf(map, tell),
    reports: reports.junit.map(({ path }) => path),
    with: Object.keys(outputs).length === 0 ? undefined : outputs,
  });
}

function command(instance: Instance, { given, reports, outputs, tell }: JobContext): string {
  const { job, fate, combination, form, lookup } = instance;
  const variables = new Map<string, Variable>([...job.variables, ...fate.variables]);
  for (const name of given.unset) variables.delete(name);
  const spot = job.entry.spot;
  for (const [name, value] of [...combination.matrix, ...given.set]) {
    variables.set(name, { name, value, isRaw: true, spot });
  }
  const fixed = form?.kind === 'matrix' ? Object.keys(form.matrix) : [];
  for (const name of fixed) variables.delete(name);
  const scripts = SCRIPTS.flatMap((key) => textsOf(job.map, key));
  const known = predefinedExports(
    [...scripts, ...[...variables.values()].map(({ value }) => value)],
    factsOf(instance),
    {
      given: given.set,
      own: new Set(variables.keys()),
      spot,
      tell,
    },
  );
  return commandOf({
    exports: [
      ...known.lines,
      ...fixed.map((name) => `export ${name}="$REPRISE_MATRIX_${name.toUpperCase()}"`),
      ...exportLines(variables.values(), {
        exported: new Set([...known.names, ...fixed]),
        outputs: new Set(Object.keys(outputs).filter((name) => !given.set.has(name))),
        tell,
      }),
    ],
    script: [
      ...scriptLines(settingOf(job.map, 'before_script')),
      ...scriptLines(settingOf(job.map, 'script')),
    ],
    afterScript: scriptLines(settingOf(job.map, 'after_script')),
    afterCounts: lookup('AFTER_SCRIPT_IGNORE_ERRORS') === 'false',
    dotenv: reports.dotenv.map(({ path }) => settingWord(path)),
  });
}

function factsOf({ job, combination, form }: Instance) {
  const { index, total } = combination;
  const isShards = form?.kind === 'shards';
  return {
    name: job.name,
    stage: job.stageName,
    index: isShards ? '{{ index1 }}' : index === undefined ? undefined : String(index),
    total: isShards ? '{{ total }}' : String(total),
  };
}

export function textsOf(job: LocatedMap, key: string): string[] {
  const value = settingOf(job, key);
  return value ? textsIn(value) : [];
}

/** What of a job's artifacts becomes its reports. */
export function reportSettings({ job, lookup }: Instance, tell: Tell): ReportSettings {
  return reportsOf(job.map, lookup, tell);
}
