import * as z from 'zod';
import type { Path } from '../../core/dag/check/problems';
import { finish } from '../finish';
import { type Place, parseForeign, readForeign, refusal } from '../foreign';
import { createIds, sanitiseId } from '../ids';
import type { ForeignFile, ImportedGraph } from '../imported';
import { createNotes } from '../notes';
import { expandRoot, type Shared } from './expand';
import { nodeOfLeaf } from './node';
import { type ArgoSpec, type ArgoTemplate, KNOWN_KEYS, manifestSchema, specSchema } from './schema';
import { withStatus, workflowParameters, workflowScope } from './scope';
import { type Tell, tellUnknown } from './tell';
import { NO_RULE, type Rule } from './units';

export interface ArgoOptions {
  /** The graph's name when the manifest has none. */
  readonly name: string;
  /** Values that Argo would know, by path: `workflow.parameters.x` to `1`. */
  readonly given?: ReadonlyMap<string, string>;
}

/** What runs without a limit at Argo may run as long as a node may. */
const DEFAULT_TIMEOUT = '336h';

/**
 * The graph of a manifest of Argo Workflows: a node for each script or container that its entrypoint comes to, DAGs and
 * steps in DAGs and steps included.
 * @throws RepriseError INPUT_INVALID
 */
export function importArgo(file: ForeignFile, options: ArgoOptions): ImportedGraph {
  const { value, locate } = readForeign(file);
  const at: Place = { source: file.source, locate };
  const { spec, path, title } = specOf(value, at);
  const notes = createNotes(locate);
  const tell: Tell = (...note) => notes.add(...note);
  const given = options.given ?? new Map<string, string>();
  const workflow = workflowScope(workflowParameters(spec, given), given, (message) =>
    tell('changed', path, message),
  );
  const templates = templatesOf(spec, path, at);
  tellAll(spec, path, tell);
  const shared: Shared = {
    ...{ templates, workflow, makeId: createIds(), at, tell },
    ...{ leaves: [], handed: new Map() },
  };
  const [entrypoint, entryPath] = entrypointOf(spec, path, at);
  const main = expandRoot(entrypoint, entryPath, NO_RULE, shared);
  const exit = exitRule(spec, main.sinks);
  if (exit) {
    const status = { ...shared, workflow: withStatus(workflow) };
    expandRoot(spec.onExit!, [...path, 'onExit'], exit, status);
  }
  if (shared.leaves.length === 0) throw refusal(entryPath, 'the entrypoint comes to no command', at);
  const context = { at, tell, handed: shared.handed, retry: spec.retryStrategy, exit };
  const nodes = shared.leaves.map((leaf) => nodeOfLeaf(leaf, context));
  const name = sanitiseId(title, options.name);
  return finish({ name, defaults: { timeout: DEFAULT_TIMEOUT }, nodes }, notes);
}

function specOf(value: unknown, at: Place): { spec: ArgoSpec; path: Path; title: string } {
  const { kind, metadata, spec } = parseForeign(manifestSchema, value, at);
  const title = (metadata?.name ?? metadata?.generateName ?? '').replace(/-+$/, '');
  const path: Path = kind === 'CronWorkflow' ? ['spec', 'workflowSpec'] : ['spec'];
  const given = kind === 'CronWorkflow' ? spec.workflowSpec : spec;
  const isCron = kind === 'CronWorkflow';
  const inner = isCron ? z.object({ workflowSpec: specSchema }) : specSchema;
  const { spec: read } = parseForeign(z.object({ spec: inner }), { spec: isCron ? spec : given }, at);
  return {
    spec: (isCron ? (read as { workflowSpec: ArgoSpec }).workflowSpec : read) as ArgoSpec,
    path,
    title,
  };
}

function templatesOf(spec: ArgoSpec, path: Path, at: Place): Shared['templates'] {
  const templates = new Map<string, { value: ArgoTemplate; path: Path }>();
  for (const [i, value] of (spec.templates ?? []).entries()) {
    const place = [...path, 'templates', i];
    if (templates.has(value.name))
      throw refusal([...place, 'name'], `${value.name} is the name of two templates`, at);
    templates.set(value.name, { value, path: place });
  }
  if (templates.size > 0) return templates;
  const why =
    'workflowTemplateRef' in spec ? 'its templates are in another manifest: import that' : 'has no templates';
  throw refusal(path, why, at);
}

function entrypointOf(spec: ArgoSpec, path: Path, at: Place): [string, Path] {
  const names = (spec.templates ?? []).map(({ name }) => name);
  if (spec.entrypoint) return [spec.entrypoint, [...path, 'entrypoint']];
  if (names.length === 1) return [names[0]!, path];
  throw refusal(path, `has no \`entrypoint\`: add one of ${names.slice(0, 8).join(', ')}`, at);
}

function exitRule(spec: ArgoSpec, needs: readonly string[]): Rule | undefined {
  return spec.onExit ? { needs, kind: 'formula', truth: true } : undefined;
}

function tellAll(spec: ArgoSpec, path: Path, tell: Tell): void {
  tellUnknown(spec, KNOWN_KEYS.spec, path, tell);
  for (const [i, { name, value, default: standard }] of (spec.arguments?.parameters ?? []).entries()) {
    const at = [...path, 'arguments', 'parameters', i];
    const message =
      (value ?? standard ?? undefined) === undefined
        ? `${name} is a parameter of the job: \`--param ${name}=VALUE\`, or import with \`--set workflow.parameters.${name}=VALUE\``
        : `${name} has its value in the graph: import with \`--set workflow.parameters.${name}=VALUE\` for another`;
    tell('info', at, message);
  }
  for (const [i, template] of (spec.templates ?? []).entries())
    tellTemplate(template, [...path, 'templates', i], tell);
}

function tellTemplate(template: ArgoTemplate, path: Path, tell: Tell): void {
  const kinds = ['suspend', 'resource', 'http', 'plugin', 'data', 'containerSet'];
  tellUnknown(template, [...KNOWN_KEYS.template, ...kinds], path, tell);
  for (const side of ['inputs', 'outputs'] as const) {
    const { [side]: given } = template;
    if (typeof given === 'object' && given !== null) {
      tellUnknown(given, side === 'inputs' ? ['parameters'] : [], [...path, side], tell);
    }
  }
  const { container, script, dag, steps, daemon, retryStrategy } = template;
  if (container) tellUnknown(container, KNOWN_KEYS.container, [...path, 'container'], tell);
  if (script) tellUnknown(script, KNOWN_KEYS.container, [...path, 'script'], tell);
  if (daemon)
    tell('changed', [...path, 'daemon'], 'it is waited for until it ends: start what never ends elsewhere');
  if (dag) tellUnknown(dag, ['tasks'], [...path, 'dag'], tell);
  dag?.tasks.forEach((task, i) => {
    tellUnknown(task, KNOWN_KEYS.call, [...path, 'dag', 'tasks', i], tell);
  });
  steps?.forEach((group, g) => {
    group.forEach((step, s) => {
      tellUnknown(step, KNOWN_KEYS.call, [...path, 'steps', g, s], tell);
    });
  });
  if ((dag || steps) && retryStrategy) {
    tell('left-out', [...path, 'retryStrategy'], 'nodes are tried again, and not the whole that they form');
  }
}
