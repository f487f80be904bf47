import { type Answer, allOf, negated } from '../answer';
import {
  type Entry,
  isNull,
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import { type Config, filled, orbOf } from './config';
import { filtersLet } from './filters';
import { holds } from './logic';
import { combinationsOf, suffixOf } from './matrix';
import { bind } from './parameters';

/** What becomes of a job that a workflow lists. */
export type Fate =
  | { readonly kind: 'runs'; readonly job: LocatedMap }
  /** Somebody has to approve it; it runs nothing. */
  | { readonly kind: 'approval' }
  /** It runs nothing that is known here: what needs it needs what it needed. */
  | { readonly kind: 'gone' }
  /** Filters keep it out, and whoever requires it does without. */
  | { readonly kind: 'filtered' };

export interface Requirement {
  readonly name: string;
  /** How the other one has to end. */
  readonly statuses: readonly string[];
  readonly spot: Spot;
}

/** A job as a workflow lists it; a matrix lists several. */
export interface Listed {
  readonly workflow: string;
  readonly name: string;
  /** The name of its matrix. */
  readonly alias: string | undefined;
  readonly fate: Fate;
  readonly requires: readonly Requirement[];
  readonly steps: { readonly before: Located | undefined; readonly after: Located | undefined };
  readonly group: Located | undefined;
  readonly spot: Spot;
}

/** Keys of a listed job that are no parameters of it. */
const OWN = new Set([
  'context',
  'filters',
  'matrix',
  'name',
  'override-with',
  'post-steps',
  'pre-steps',
  'requires',
  'serial-group',
  'type',
]);

/**
 * The jobs that workflows list. Without workflows, that is the job `build`.
 * @param wanted the only workflow that is looked at
 * @throws RepriseError INPUT_INVALID
 */
export function listedJobs(config: Config, wanted: string | undefined, tell: Tell): Listed[] {
  if (config.workflows.size === 0) {
    const build = config.jobs.get('build');
    if (!build) throw refuse(config.root.spot, 'without `workflows` the job `build` runs, and there is none');
    return listed(
      'build',
      { kind: 'map', entries: new Map(), spot: build.spot },
      { config, tell, workflow: 'workflow' },
      build.spot,
    );
  }
  if (wanted !== undefined && !config.workflows.has(wanted))
    throw refuse(
      config.root.spot,
      `there is no workflow ${wanted}: ${[...config.workflows.keys()].join(', ')}`,
    );
  const jobs = [...config.workflows].flatMap(([name, entry]) => {
    if (wanted !== undefined && name !== wanted) {
      tell('left-out', entry.spot, `the workflow ${name} is another one`);
      return [];
    }
    return workflowJobs(name, entry, { config, tell, isWanted: name === wanted });
  });
  return jobs;
}

interface Reading {
  readonly config: Config;
  readonly tell: Tell;
  readonly workflow: string;
}

function workflowJobs(
  name: string,
  { value, spot }: Entry,
  { config, tell, isWanted }: { config: Config; tell: Tell; isWanted: boolean },
): Listed[] {
  const fillIn = (part: Located) => filled(part, { parameters: new Map() }, config);
  const workflow = mapOf(value);
  for (const [key, { spot: at, value: what }] of workflow.entries) {
    if (key === 'triggers' && !isWanted && config.workflows.size > 1) {
      tell(
        'left-out',
        at,
        `the workflow ${name} runs by a schedule (${shown(what)}): import it by itself with --workflow ${name}, and give it a trigger of cron`,
      );
      return [];
    }
    if (key === 'triggers')
      tell('left-out', at, `a graph has no schedule: give it a trigger of cron (${shown(what)})`);
    else if (!['jobs', 'when', 'unless'].includes(key))
      tell('left-out', at, `${key} of a workflow has no counterpart (${shown(what)})`);
  }
  if (!workflowRuns(name, workflow, { config, tell, fillIn })) return [];
  const jobs = settingOf(workflow, 'jobs');
  if (!jobs) throw refuse(spot, `the workflow ${name} has no \`jobs\``);
  return itemsOf(jobs).flatMap((item) => {
    const reading: Reading = { config, tell, workflow: name };
    if (item.kind === 'plain')
      return listed(textOf(item), { kind: 'map', entries: new Map(), spot: item.spot }, reading, item.spot);
    const [only, ...rest] = mapOf(item).entries;
    if (!only || rest.length > 0)
      throw refuse(item.spot, 'a job of a workflow has one key, its name: indent what belongs to it');
    const [job, { value: settings, spot: at }] = only;
    return listed(
      job,
      isNull(settings) ? { kind: 'map', entries: new Map(), spot: at } : mapOf(settings),
      reading,
      at,
    );
  });
}

function workflowRuns(
  name: string,
  workflow: LocatedMap,
  { config, tell, fillIn }: { config: Config; tell: Tell; fillIn: (part: Located) => Located },
): boolean {
  const answers: Answer[] = [];
  for (const key of ['when', 'unless']) {
    const entry = workflow.entries.get(key);
    if (!entry) continue;
    const answer = holds(fillIn(entry.value), config.pipeline);
    answers.push(key === 'when' ? answer : negated(answer));
    if (answer === undefined) {
      tell(
        'changed',
        entry.spot,
        `the workflow ${name} runs whether or not this lets it, as only CircleCI knows it (or tell it with --set): ${shown(entry.value)}`,
      );
    }
  }
  if (allOf(answers) !== false) return true;
  tell('left-out', workflow.spot, `the workflow ${name} does not run under these conditions`);
  return false;
}

function listed(jobName: string, settings: LocatedMap, reading: Reading, spot: Spot): Listed[] {
  const { config } = reading;
  const none = new Map();
  const entry = settings.entries.get('matrix');
  const matrix = entry && filled(entry.value, { parameters: none, matrix: none }, config);
  const combinations = combinationsOf(matrix && mapOf(matrix));
  const alias = matrix && settingOf(mapOf(matrix), 'alias');
  return combinations.map((combination) => {
    const one = mapOf(filled(settings, { parameters: none, matrix: combination }, config));
    const named = settingOf(one, 'name');
    const given = new Map([...one.entries].filter(([key]) => !OWN.has(key)));
    for (const [name, value] of combination) given.set(name, { value, spot: value.spot });
    const name = named ? textOf(named) : [jobName, ...suffixOf(combination)].join('-');
    return {
      workflow: reading.workflow,
      name,
      alias: matrix ? (alias ? textOf(alias) : jobName) : undefined,
      fate: fateOf(jobName, name, one, given, reading, spot),
      requires: requirementsOf(settingOf(one, 'requires')),
      steps: { before: settingOf(one, 'pre-steps'), after: settingOf(one, 'post-steps') },
      group: settingOf(one, 'serial-group'),
      spot,
    };
  });
}

function fateOf(
  jobName: string,
  name: string,
  settings: LocatedMap,
  given: ReadonlyMap<string, Entry>,
  { config, tell }: Reading,
  spot: Spot,
): Fate {
  const filters = settingOf(settings, 'filters');
  const answer = filtersLet(filters, config.pipeline);
  if (answer === false) {
    tell(
      'left-out',
      filters?.spot ?? spot,
      `${name} is not in the pipeline${filters ? ' under these conditions' : ' of a tag, as it has no filter of tags'}`,
    );
    return { kind: 'filtered' };
  }
  const fate = kindOf(jobName, name, settings, given, { config, tell, spot });
  if (answer === undefined && filters && fate.kind !== 'gone') {
    tell(
      'changed',
      filters.spot,
      `${name} runs whether or not this lets it, as only CircleCI knows it (or tell it with --set): ${shown(filters)}`,
    );
  }
  return fate;
}

function kindOf(
  jobName: string,
  name: string,
  settings: LocatedMap,
  given: ReadonlyMap<string, Entry>,
  { config, tell, spot }: { readonly config: Config; readonly tell: Tell; readonly spot: Spot },
): Fate {
  tellSettings(settings, tell);
  const definition = config.jobs.get(jobName);
  const type = settingOf(settings, 'type') ?? (definition && settingOf(mapOf(definition.value), 'type'));
  if (type && textOf(type) === 'approval') return { kind: 'approval' };
  if (definition) {
    const job = mapOf(definition.value);
    const parameters = bind(job, given, { what: `the job ${jobName}`, spot });
    const kind = type ? textOf(type) : 'build';
    if (kind === 'build') return { kind: 'runs', job: filledJob(job, parameters, config) };
    tell(
      'left-out',
      spot,
      `${name} is no node: it is of the type ${kind}, and runs nothing. What requires it needs what it required`,
    );
    return { kind: 'gone' };
  }
  const orb = orbOf(jobName, config);
  if (!orb) throw refuse(spot, `there is no job ${jobName}`);
  tell(
    'left-out',
    spot,
    `${name} is no node: it is ${orb}, and orbs are not read. What requires it needs what it required`,
  );
  return { kind: 'gone' };
}

function filledJob(job: LocatedMap, parameters: ReadonlyMap<string, Located>, config: Config): LocatedMap {
  const entries = new Map([...job.entries].filter(([key]) => key !== 'parameters'));
  return mapOf(filled({ ...job, entries }, { parameters }, config));
}

function tellSettings(settings: LocatedMap, tell: Tell): void {
  const context = settingOf(settings, 'context');
  if (context && itemsOf(context).length > 0)
    tell(
      'left-out',
      context.spot,
      `variables of a context are not there: give the node \`secrets\`, or set them where the graph runs (${shown(context)})`,
    );
  const other = settingOf(settings, 'override-with');
  if (other)
    tell(
      'left-out',
      other.spot,
      `${textOf(other)} is of an orb, and orbs are not read: the job is the one of this file`,
    );
}

/** How a job ends, whatever becomes of it. */
export const TERMINAL = ['success', 'failed', 'canceled', 'not_run'] as const;
const STATUSES = [...TERMINAL, 'unauthorized', 'terminal'];

function requirementsOf(value: Located | undefined): Requirement[] {
  return (value ? itemsOf(value) : []).flatMap((item): Requirement[] => {
    if (item.kind === 'plain') return [{ name: textOf(item), statuses: ['success'], spot: item.spot }];
    return [...mapOf(item).entries].map(([name, { value: wanted, spot }]) => {
      const statuses = itemsOf(wanted).flatMap((status) => {
        if (textOf(status) === 'terminal') return [...TERMINAL];
        if (STATUSES.includes(textOf(status))) return [textOf(status)];
        throw refuse(status.spot, `${textOf(status)} is none of ${STATUSES.join(', ')}`);
      });
      return { name, statuses, spot };
    });
  });
}
