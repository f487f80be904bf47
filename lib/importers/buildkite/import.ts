import { finish } from '../finish';
import { type Place, readForeign, refusal } from '../foreign';
import type { ForeignFile, ImportedGraph } from '../imported';
import { createNotes } from '../notes';
import { type Context, pipelineEnv } from './context';
import { factsOf } from './facts';
import { importNode } from './node';
import { planOf } from './plan';
import { readPipeline } from './read';
import { type Tell, tellUnknown } from './tell';

export interface BuildkiteOptions {
  readonly name: string;
  /** What Buildkite would know: variables at upload (`BUILDKITE_BRANCH`) and names of conditions (`build.branch`). */
  readonly given?: ReadonlyMap<string, string>;
}

/** A step without a limit may run as long as a node may. */
const DEFAULT_TIMEOUT = '336h';

/**
 * The graph of a pipeline of Buildkite, as `buildkite-agent pipeline upload` would read it: a node for each command step, or
 * for each job of its matrix.
 * @throws RepriseError INPUT_INVALID
 */
export function importBuildkite(
  file: ForeignFile,
  { name, given = new Map() }: BuildkiteOptions,
): ImportedGraph {
  const { value, locate } = readForeign(file);
  const at: Place = { source: file.source, locate };
  const { pipeline, path } = readPipeline(value, at);
  const notes = createNotes(locate);
  const tell: Tell = (...note) => notes.add(...note);
  const facts = factsOf(given);
  const context: Context = { at, tell, facts, pipeline, ...pipelineEnv(pipeline, facts) };
  tellUnknown(pipeline, 'pipeline', [], tell);
  tellEnv(context);
  const plan = planOf(pipeline.steps, path, context);
  if (plan.nodes.length === 0) throw refusal(path, 'no step comes to a command', at);
  const nodes = plan.nodes.map((planned) => importNode(planned, plan, context));
  return finish({ name, defaults: { timeout: DEFAULT_TIMEOUT }, nodes }, notes);
}

function tellEnv({ env, tell }: Context): void {
  for (const [variable, parts] of env) {
    for (const part of parts) {
      if (part.kind !== 'variable' || env.has(part.name)) continue;
      const { name, source } = part;
      const message = `${source} is put in at upload: here commands read the variable ${name} (\`--env ${name}\` passes it on, \`--set ${name}=VALUE\` puts it in)`;
      tell('changed', ['env', variable], message);
    }
  }
}
