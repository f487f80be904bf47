import { LIMITS } from '../../core/limits';
import { finish } from '../finish';
import { createIds, sanitiseId } from '../ids';
import type { ForeignFile, ImportedGraph } from '../imported';
import { type LocatedMap, mapOf, refuse, type Spot, settingOf, type Tell } from '../located/located';
import { createNotes } from '../notes';
import { jobsOf } from './config';
import { dotenvOf } from './dotenv';
import type { Lookup } from './evaluate';
import { type RepositoryFiles, readWithIncludes } from './include';
import { instancesOf } from './instances';
import { type Instance, importJob, reportSettings } from './job';
import { type Given, predefined } from './known';
import { tellLeftovers } from './leftovers';
import { linked } from './links';
import { extendAll, resolveAll } from './merge';
import { ruleOutcomes } from './rules';
import { schedule } from './schedule';
import type { ReportSettings } from './settings';
import { readVariables, type Variables } from './variables';

export interface GitlabOptions {
  /** The name of the graph. */
  readonly name: string;
  readonly given?: Partial<Given>;
  /** Files of the repository, for `include`; without them none is read. */
  readonly files?: RepositoryFiles;
}

/** How long a job of GitLab may run where neither it nor its project says anything. */
const DEFAULT_TIMEOUT = '1h';

/**
 * The graph of a GitLab pipeline: a node per job, or per instance of a parallel one.
 * @throws RepriseError INPUT_INVALID
 */
export function importGitlab(file: ForeignFile, options: GitlabOptions): ImportedGraph {
  const notes = createNotes();
  const tellOf =
    (node?: string): Tell =>
    (kind, spot, message) =>
      notes.add(kind, spot.path, message, node, spotOf(spot, file.source));
  const tell = tellOf();
  const given: Given = {
    set: options.given?.set ?? new Map(),
    unset: options.given?.unset ?? new Set(),
  };
  const base = predefined(given);
  const { config: raw, isPartial } = readWithIncludes(file, { files: options.files, lookup: base, tell });
  const absent = { mayBeElsewhere: isPartial, tell };
  const config = resolveAll(extendAll(raw, absent), absent);
  const global = globalVariables(config, base, tell);
  const jobs = jobsOf(config, global, { isPartial, tell });
  const makeId = createIds();
  const instances = instancesOf(jobs, { given, base, isPartial, makeId, tellOf });
  if (instances.nodes.length === 0)
    throw refuse(config.spot, 'no job of the pipeline runs a script: there is nothing to run');
  if (instances.nodes.length > MOST_JOBS)
    throw refuse(config.spot, `the pipeline has more than ${MOST_JOBS} jobs`);
  const nodes = linked(instances, { isPartial, tellOf });
  const order = schedule([...nodes.values()], tell);
  for (const job of jobs) {
    const first = instances.nodes.find((instance) => instance.job === job)?.id;
    tellLeftovers(job.map, tellOf(first));
  }
  const reports = reportsOfAll(instances.nodes, tellOf);
  const outputs = dotenvOf(nodes, reports, tellOf);
  const made = instances.nodes.map((instance) =>
    importJob(instance, order.get(nodes.get(instance)!)!, {
      given,
      reports: reports.get(instance)!,
      outputs: outputs.get(instance)!,
      tell: tellOf(instance.id),
    }),
  );
  return finish(
    { name: sanitiseId(options.name), defaults: { timeout: DEFAULT_TIMEOUT }, nodes: made },
    notes,
  );
}

/** More than GitLab starts, and few enough to order them. */
const MOST_JOBS = 5_000;

function spotOf({ source, line, column }: Spot, main: string) {
  return { line, column, ...(source === main ? {} : { source }) };
}

/** Variables of all jobs, and those of the rule that lets the pipeline run. */
function globalVariables(config: LocatedMap, base: Lookup, tell: Tell): Variables {
  const own = readVariables(settingOf(config, 'variables'));
  const workflow = settingOf(config, 'workflow');
  if (!workflow) return own;
  for (const [key, { spot }] of mapOf(workflow).entries) {
    if (key !== 'rules') tell('left-out', spot, `${key} of a pipeline has no counterpart`);
  }
  const rules = settingOf(mapOf(workflow), 'rules');
  if (!rules) return own;
  const lookup: Lookup = (name) => base(name) ?? own.get(name)?.value ?? base(name);
  const { matches, isDecided } = ruleOutcomes(rules, lookup, tell);
  const running = matches.filter((rule): rule is LocatedMap => {
    const when = rule && settingOf(rule, 'when');
    return rule !== undefined && !(when?.kind === 'plain' && when.value === 'never');
  });
  if (running.length === 0)
    throw refuse(rules.spot, 'no pipeline runs under these conditions: tell other ones with --set');
  if (!isDecided) {
    tell(
      'changed',
      rules.spot,
      'the pipeline runs whether or not these rules let it, as that is only known on GitLab (or tell it with --set)',
    );
    for (const rule of running) {
      const variables = settingOf(rule, 'variables');
      if (variables)
        tell('left-out', variables.spot, 'whether this rule sets these variables is only known on GitLab');
    }
    return own;
  }
  return new Map([...own, ...readVariables(settingOf(running[0]!, 'variables'))]);
}

/** Reports that no two nodes write: they run at once, perhaps in one directory. */
function reportsOfAll(
  instances: readonly Instance[],
  tellOf: (node?: string) => Tell,
): Map<Instance, ReportSettings> {
  const settings = new Map(
    instances.map((instance) => [instance, reportSettings(instance, tellOf(instance.id))]),
  );
  const count = new Map<string, number>();
  for (const [{ form }, { junit }] of settings) {
    for (const { path } of junit) count.set(path, (count.get(path) ?? 0) + (form ? 2 : 1));
  }
  for (const [instance, { junit, dotenv }] of settings) {
    const own = junit.filter(({ path }) => count.get(path) === 1).slice(0, LIMITS.reports);
    for (const { path, spot } of junit) {
      if (count.get(path) === 1) {
        tellOf(instance.id)(
          'changed',
          spot,
          `${path} decides too: a failed test in it, or no report at all, fails the node`,
        );
      } else {
        tellOf(instance.id)(
          'left-out',
          spot,
          `several nodes write the report ${path}, and may do so at once: give each a file of its own`,
        );
      }
    }
    settings.set(instance, { junit: own, dotenv });
  }
  return settings;
}
