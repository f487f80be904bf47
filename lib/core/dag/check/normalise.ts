import { present } from '../../model/present';
import type { Reports } from '../../model/test-results';
import type { Work } from '../../model/work';
import { variableName } from '../../model/work';
import type { Graph, GraphNode } from '../graph';
import { fillTemplate, reportsNamed } from '../template';
import { commandOf, type Expansion, expand, type Instance, isExpanding } from './expand';
import { recoveryOf } from './recovery';
import { retryOf } from './retry';
import type { DocumentDefaults, DocumentNode, GraphDocument } from './schema';

const DEFAULT_TIMEOUT_MS = 3_600_000;

/** The graph of a document that was found valid: defaults merged in, `shards` and `matrix` expanded. */
export function normalise(document: GraphDocument, expansion: Expansion = expand(document)): Graph {
  const idsOf = new Map<string, readonly string[]>();
  document.nodes.forEach((node, i) => {
    if (isExpanding(node))
      idsOf.set(
        node.id,
        expansion.instances[i]!.map(({ id }) => id),
      );
  });
  const nodes = document.nodes.flatMap((node, i) => {
    const merged = merge(document.defaults ?? {}, node, idsOf);
    const run = commandOf(node, 'run');
    const compensate = commandOf(node, 'compensate');
    return expansion.instances[i]!.map(
      (instance): GraphNode => ({
        ...merged,
        id: instance.id,
        ...present({ compensate: filled(compensate, instance) }),
        work: workOf({ ...node, run }, instance, {
          ...secretsOf(document, node),
          ...reportsOf(node, document.defaults, instance.id),
        }),
      }),
    );
  });
  return {
    name: document.name,
    nodes,
    onFailure: document.onFailure ?? 'continue',
    ...present({ type: document.type }),
  };
}

/** The numbers of a shard stand in a command. */
function filled(command: string | undefined, { shard }: Instance): string | undefined {
  return command === undefined || shard.size === 0 ? command : fillTemplate(command, shard);
}

/** The numbers of a shard stand in the text; values of a matrix are variables of the command. */
function workOf(
  { run, suite }: WorkTexts,
  instance: Instance,
  more: Pick<Work, 'secrets' | 'reports'>,
): Work {
  const { matrix, shard } = instance;
  const named = [...matrix].map(([name, value]) => [variableName('MATRIX', name), value] as const);
  const variables = named.length === 0 ? {} : { variables: Object.fromEntries(named) };
  if (suite !== undefined) {
    return {
      kind: 'suite',
      suite: fillTemplate(suite, new Map([...matrix, ...shard])),
      ...variables,
      ...more,
    };
  }
  return {
    kind: 'command',
    run: filled(run, instance) ?? '',
    ...variables,
    ...more,
  };
}

interface WorkTexts {
  readonly run?: string | undefined;
  readonly suite?: string | undefined;
}

/** Those of the graph, and those of the node in place of the defaults'. In order: they are a set, and hashed. */
function secretsOf({ secrets = [], defaults }: GraphDocument, node: DocumentNode): Pick<Work, 'secrets'> {
  const names = [...new Set([...secrets, ...(node.secrets ?? defaults?.secrets ?? [])])].sort();
  return names.length === 0 ? {} : { secrets: names };
}

/** Their `{{ node }}` filled in; the items of a fan-out are named only when they are known. */
function reportsOf(
  node: DocumentNode,
  defaults: DocumentDefaults | undefined,
  id: string,
): Pick<Work, 'reports'> {
  const reports: Reports = node.reports ?? defaults?.reports ?? [];
  if (reports.length === 0) return {};
  return { reports: node.forEach === undefined ? reportsNamed(reports, id) : reports };
}

function merge(
  defaults: DocumentDefaults,
  node: DocumentNode,
  idsOf: ReadonlyMap<string, readonly string[]>,
): Omit<GraphNode, 'id' | 'work'> {
  const durationMs = node.duration ?? defaults.duration;
  return {
    needs: expandedNeeds(node.needs ?? [], idsOf),
    labels: [...new Set(node.labels ?? defaults.labels ?? [])],
    ...resourcesOf(defaults.resources, node.resources),
    ...concurrencyOf(node.concurrency ?? defaults.concurrency),
    ...dependenciesOf(node.dependencies ?? defaults.dependencies),
    trigger: node.trigger ?? defaults.trigger ?? 'all_success',
    ...(node.allowFailure ? { allowFailure: true } : {}),
    timeoutMs: node.timeout ?? defaults.timeout ?? DEFAULT_TIMEOUT_MS,
    retry: retryOf(defaults.retry, node.retry),
    ...present({ recovery: recoveryOf(defaults.recovery, node.recovery) }),
    ...(node.when === undefined ? {} : { when: node.when }),
    ...(node.forEach === undefined ? {} : { forEach: node.forEach }),
    ...withOf(node.with),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

function resourcesOf(
  defaults: DocumentDefaults['resources'],
  own: DocumentNode['resources'],
): Pick<GraphNode, 'slots' | 'resources'> {
  const { slots = 1, ...resources } = { ...defaults, ...own };
  return Object.keys(resources).length === 0 ? { slots } : { slots, resources };
}

/** In order, which is that of evaluation: what goes wrong first is the same whatever order the file has. */
function withOf(given: DocumentNode['with'] = {}): Pick<GraphNode, 'with'> {
  const names = Object.keys(given).sort();
  return names.length === 0
    ? {}
    : { with: Object.fromEntries(names.map((name) => [name, given[name] ?? ''])) };
}

function concurrencyOf(concurrency: DocumentNode['concurrency']): Pick<GraphNode, 'concurrency'> {
  return concurrency === undefined ? {} : { concurrency };
}

/** In order: they are a set, and hashed. */
function dependenciesOf(names: DocumentNode['dependencies'] = []): Pick<GraphNode, 'dependencies'> {
  return names.length === 0 ? {} : { dependencies: [...new Set(names)].sort() };
}

/** A need of a sharded node and of one of its shards by name names that shard twice. */
function expandedNeeds(
  needs: readonly string[],
  idsOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return idsOf.size === 0 ? needs : [...new Set(needs.flatMap((id) => idsOf.get(id) ?? [id]))];
}
