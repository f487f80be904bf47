import type { Path } from '../../core/dag/check/problems';
import { valueText } from './command';
import type { Context } from './context';
import { withMatrix } from './matrix';
import type { Planned } from './plan';
import type { CommandStep } from './schema';
import { fill, knownText, type Part, parseUpload } from './upload';

/** A command step that becomes a node. */
export interface Own {
  readonly planned: Planned;
  readonly step: CommandStep;
  readonly context: Context;
}

/** Variables of the agent that a node can have as well. */
export const PROVIDED = [
  'BUILDKITE_PARALLEL_JOB',
  'BUILDKITE_PARALLEL_JOB_COUNT',
  'BUILDKITE_STEP_KEY',
  'BUILDKITE_LABEL',
  'BUILDKITE_RETRY_COUNT',
];

interface Names {
  readonly known: ReadonlySet<string>;
  readonly context: Context;
}

/** Says which variables are read where the command runs, and not at upload. */
export function tellVariables(parts: readonly Part[], path: Path, { known, context }: Names): void {
  for (const part of parts) {
    if (part.kind !== 'variable') continue;
    const { name, source } = part;
    if (known.has(name)) {
      const message = `${source} is put in at upload, before the step has its own ${name}, which the command reads here: \`$$\` at its beginning is what says so`;
      context.tell('changed', path, message);
    } else if (!context.env.has(name)) {
      const message = `${source} is put in at upload: here the command reads the variable ${name} (\`--env ${name}\` passes it on, \`--set ${name}=VALUE\` puts it in)`;
      context.tell('changed', path, message);
    }
  }
}

/** Says which variables of the agent it reads that nobody gives it. */
export function tellRuntime(
  text: string,
  parts: readonly Part[],
  path: Path,
  { known, context }: Names,
): void {
  const told = new Set(parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : [])));
  const read = new Set([...text.matchAll(/\$\{?(BUILDKITE(?:_\w+)?)/g)].map(([, name]) => name!));
  for (const name of read) {
    if (told.has(name) || known.has(name) || context.env.has(name) || PROVIDED.includes(name)) continue;
    context.tell(
      'changed',
      path,
      `${name} is a variable of Buildkite's agent: \`--env ${name}\` passes it on`,
    );
  }
}

/** The variables of the pipeline and of the step, which come first, and those of the agent that are the same here. */
export function exportsOf({ planned, step, context }: Own, text: string): string[] {
  const { path, job, label } = planned;
  const { env, lookup, tell, at } = context;
  const own = Object.entries(step.env ?? {}).map(([name, value]) => {
    const place = [...path, 'env', name];
    const parts = fill(parseUpload(String(value ?? '')), lookup).map((part) =>
      part.kind === 'text' ? { ...part, text: withMatrix(part.text, job.values, place, at) } : part,
    );
    tellVariables(parts, place, { known: new Set(), context });
    return [name, parts] as const;
  });
  const names = own.map(([name]) => name);
  // What the step replaces may still be read by those of the pipeline after it, where it is not put in.
  const outer = [...env].filter(([name, parts]) => !names.includes(name) || knownText(parts) === undefined);
  const lines = [...outer, ...own].flatMap(([name, parts]) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [`export ${name}=${valueText(parts)}`];
    tell(
      'left-out',
      [...path, 'env', name],
      `${JSON.stringify(name)} is no name of a variable that a shell accepts`,
    );
    return [];
  });
  const key = step.key ?? step.identifier ?? step.id;
  const asked = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  if (key && asked('BUILDKITE_STEP_KEY'))
    lines.push(`export BUILDKITE_STEP_KEY=${valueText([{ kind: 'text', text: String(key) }])}`);
  if (asked('BUILDKITE_LABEL'))
    lines.push(`export BUILDKITE_LABEL=${valueText([{ kind: 'text', text: label }])}`);
  if (asked('BUILDKITE_RETRY_COUNT')) lines.push('export BUILDKITE_RETRY_COUNT=$((REPRISE_ATTEMPT - 1))');
  return lines;
}
