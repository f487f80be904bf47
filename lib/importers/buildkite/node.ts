import type { Path } from '../../core/dag/check/problems';
import { templateVariables } from '../../core/dag/template';
import { LIMITS } from '../../core/limits';
import { secretNameSchema } from '../../core/model/secret';
import { nodeOf } from '../finish';
import { refusal } from '../foreign';
import type { ImportedNode } from '../imported';
import { guard, runOf, type Soft, shellText, valueText } from './command';
import { amountOf, type Context, structural } from './context';
import { conditionOf } from './gates';
import { withMatrix } from './matrix';
import type { Plan, Planned } from './plan';
import { commandsOf, pluginsOf, reportsOf } from './plugins';
import { retryOf } from './retry';
import type { CommandStep } from './schema';
import { type Tell, tellUnknown } from './tell';
import { fill, type Part, parseUpload } from './upload';

/** @throws RepriseError INPUT_INVALID when the command is too long to be a node's */
export function importNode(planned: Planned, { targetOf }: Plan, context: Context): ImportedNode {
  const { id, step, path, gate } = planned;
  const tell: Tell = (kind, at, message) => context.tell(kind, at, message, id);
  tellUnknown(step, step.type, path, tell);
  const { isTooLong, ...condition } = conditionOf(gate, targetOf);
  if (isTooLong) {
    tell(
      'changed',
      path,
      'what it depends on is longer than a condition may be: it runs where all of it has succeeded',
    );
  }
  if (step.type === 'trigger') {
    const why = `it triggers the pipeline ${step.trigger}, which is not in this file`;
    tell('changed', [...path, 'trigger'], `${why}: the node fails until it is written anew`);
    return nodeOf({ id, run: guard(why), ...condition });
  }
  const own: Own = { planned, step, context: { ...context, tell } };
  const retry = retryOf(step.retry, [...path, 'retry'], tell);
  const run = commandOf(own, retry);
  if (run.length > LIMITS.runLength) {
    throw refusal(
      path,
      `comes to a command of ${run.length} characters, more than ${LIMITS.runLength}: move it into a file`,
      context.at,
    );
  }
  const reports = reportsOf(step, path, tell);
  const concurrency = concurrencyOf(own);
  return {
    ...nodeOf({
      id,
      run,
      ...condition,
      labels: labelsOf(own),
      secrets: secretsOf(own),
      timeout: timeoutOf(own),
    }),
    ...(planned.shards === undefined ? {} : { shards: planned.shards }),
    ...(retry === undefined ? {} : { retry }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(reports.length === 0 ? {} : { reports }),
  };
}

interface Own {
  readonly planned: Planned;
  readonly step: CommandStep;
  readonly context: Context;
}

/** Variables of the agent that a node can have as well. */
const PROVIDED = [
  'BUILDKITE_PARALLEL_JOB',
  'BUILDKITE_PARALLEL_JOB_COUNT',
  'BUILDKITE_STEP_KEY',
  'BUILDKITE_LABEL',
  'BUILDKITE_RETRY_COUNT',
];

function commandOf(own: Own, retry: ImportedNode['retry']): string {
  const { planned, step, context } = own;
  const { path, job, shards } = planned;
  const { tell, at } = context;
  const plugins = pluginsOf(step, path, context);
  const commands = commandsOf(step);
  const place = [...path, step.commands === undefined || step.commands === null ? 'command' : 'commands'];
  if (commands.length === 0) {
    const why = plugins.length > 0 ? `only plugins run in it: ${plugins.join(', ')}` : 'it has no command';
    tell('changed', path, `${why}: the node fails until it is written anew`);
    return guard(why);
  }
  const pieces = parseUpload(commands.join('\n'));
  if (pieces.some(({ kind }) => kind === 'broken')) {
    tell(
      'changed',
      place,
      'an upload refuses a `${` in it, unless it leaves all variables alone: it stays for the shell',
    );
  }
  const parts = fill(pieces, context.lookup).map((part) =>
    part.kind === 'text' ? { ...part, text: withMatrix(part.text, job.values, place, at) } : part,
  );
  const known = new Set([...Object.keys(step.env ?? {}), ...(shards === undefined ? [] : PROVIDED)]);
  tellVariables(parts, place, { known, context });
  const made = shellText(parts);
  if ('why' in made) {
    tell('changed', place, `${made.why}: the node fails until it is told with \`--set\``);
    return guard(made.why);
  }
  tellAgent(made.text, place, tell);
  const exports = exportsOf(own, made.text);
  const [placeholder] = templateVariables([made.text, ...exports].join('\n'));
  if (placeholder !== undefined) {
    const why = `{{ ${placeholder} }} is a placeholder of graphs as well`;
    tell('changed', place, `${why}: the node fails until the command is moved into a file`);
    return guard(why);
  }
  tellRuntime(made.text, parts, place, { known, context });
  const numbers = ['BUILDKITE_PARALLEL_JOB={{ index }}', 'BUILDKITE_PARALLEL_JOB_COUNT={{ total }}'];
  const parallel = shards === undefined ? [] : numbers.map((number) => `export ${number}`);
  const attempts = retry?.on === 'any' ? (retry.maxAttempts ?? 1) : 1;
  const soft = softOf(own, retry !== undefined && attempts === 1);
  return runOf(made.text, { exports: [...exports, ...parallel], soft, attempts });
}

interface Names {
  readonly known: ReadonlySet<string>;
  readonly context: Context;
}

/** Says which variables are read where the command runs, and not at upload. */
function tellVariables(parts: readonly Part[], path: Path, { known, context }: Names): void {
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

function tellRuntime(text: string, parts: readonly Part[], path: Path, { known, context }: Names): void {
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

function tellAgent(text: string, path: Path, tell: Tell): void {
  const used = new Set(
    [...text.matchAll(/\bbuildkite-agent\s+([a-z][\w-]*(?:\s+[a-z][\w-]*)?)/g)].map(([, words]) => words!),
  );
  for (const words of used) {
    const isUpload = words.startsWith('pipeline');
    const message = isUpload
      ? 'the steps that it uploads are not in this graph: import what it uploads as well'
      : `\`buildkite-agent ${words}\` is there on Buildkite only: without it the command fails`;
    tell('changed', path, message);
  }
}

/** The variables of the pipeline and of the step, which come first, and those of the agent that are the same here. */
function exportsOf({ planned, step, context }: Own, text: string): string[] {
  const { path, job, label } = planned;
  const { env, lookup, tell, at } = context;
  const all = new Map<string, readonly Part[]>();
  for (const [name, parts] of env) all.set(name, parts);
  for (const [name, value] of Object.entries(step.env ?? {})) {
    const place = [...path, 'env', name];
    const parts = fill(parseUpload(String(value ?? '')), lookup).map((part) =>
      part.kind === 'text' ? { ...part, text: withMatrix(part.text, job.values, place, at) } : part,
    );
    tellVariables(parts, place, { known: new Set(), context });
    all.delete(name);
    all.set(name, parts);
  }
  const lines = [...all].flatMap(([name, parts]) => {
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

function softOf({ planned, step, context }: Own, isByClass: boolean): Soft | undefined {
  const { path, job } = planned;
  const given = job.softFail?.given ?? step.soft_fail;
  if (given === undefined || given === null || given === false || given === 'false') return undefined;
  const at = job.softFail?.path ?? [...path, 'soft_fail'];
  const statuses = Array.isArray(given) ? given.map(({ exit_status: status }) => status) : ['*'];
  const numbers = statuses
    .map(Number)
    .filter((status) => Number.isInteger(status) && status > 0 && status < 256);
  const soft: Soft = statuses.includes('*') || numbers.length === 0 ? '*' : numbers;
  const when = soft === '*' ? 'whatever its exit status' : `where it ends with ${soft.join(' or ')}`;
  context.tell(
    'changed',
    at,
    `the node succeeds ${when}, which counts as a failure that is allowed on Buildkite`,
  );
  if (isByClass) context.tell('changed', at, 'what succeeds so is not tried again');
  return soft;
}

function labelsOf({ planned, step, context }: Own): string[] {
  const { path, job } = planned;
  const isOwn = (step.agents ?? step.agent_query_rules ?? undefined) !== undefined;
  const given = step.agents ?? step.agent_query_rules ?? context.pipeline.agents ?? {};
  const at = isOwn ? [...path, 'agents'] : ['agents'];
  const rules = Array.isArray(given)
    ? given.map(String)
    : Object.entries(given).map(([key, value]) => `${key}=${value}`);
  const labels = rules.flatMap((rule) => {
    const label = withMatrix(structural(rule, at, context), job.values, at, context.at);
    if (/^[A-Za-z0-9_.:/=-]{1,64}$/.test(label) && !label.endsWith('=')) return [label];
    context.tell('left-out', at, `${label} is no label that a worker may have: any worker may take it`);
    return [];
  });
  return [...new Set(labels)].slice(0, LIMITS.labels);
}

function secretsOf({ planned, step, context }: Own): string[] {
  const lists = [
    { given: context.pipeline.secrets, at: ['secrets'] },
    { given: step.secrets, at: [...planned.path, 'secrets'] },
  ];
  const names = lists.flatMap(({ given, at }) => {
    const entries = Array.isArray(given)
      ? given.map((name) => [name, name] as const)
      : Object.entries(given ?? {});
    return entries.flatMap(([variable, secret]) => {
      const isName = secretNameSchema.safeParse(variable).success;
      const message = isName
        ? `the secret ${secret} is the secret ${variable} of the node: the worker has to have it`
        : `${variable} is no name that a secret may have: nobody gives it`;
      context.tell(isName ? 'changed' : 'left-out', at, message);
      return isName ? [variable] : [];
    });
  });
  return [...new Set(names)];
}

function timeoutOf({ planned, step, context }: Own): string | undefined {
  const at = [...planned.path, step.timeout_in_minutes === undefined ? 'timeout' : 'timeout_in_minutes'];
  const minutes = amountOf(step.timeout_in_minutes ?? step.timeout, at, context);
  if (minutes === undefined || minutes === 0) return undefined;
  const longest = LIMITS.durationMs / 60_000;
  if (minutes > longest)
    context.tell('changed', at, `${minutes} is longer than the longest duration, ${longest} minutes`);
  return `${Math.round(Math.min(minutes, longest) * 60)}s`.replace(/^(\d+)s$/, (whole, seconds) =>
    Number(seconds) % 60 === 0 ? `${Number(seconds) / 60}m` : whole,
  );
}

function concurrencyOf({ planned, step, context }: Own): ImportedNode['concurrency'] {
  const at = [...planned.path, 'concurrency'];
  const limit = amountOf(step.concurrency, at, context);
  const group = step.concurrency_group;
  if (limit === undefined && (group === undefined || group === null)) return undefined;
  if (limit === undefined || group === undefined || group === null) {
    context.tell(
      'left-out',
      at,
      '`concurrency` and `concurrency_group` say something together only: no limit is set',
    );
    return undefined;
  }
  const key = structural(group, [...planned.path, 'concurrency_group'], context).slice(
    0,
    LIMITS.concurrencyKeyLength,
  );
  if (limit < 1 || key === '') {
    context.tell('left-out', at, `${limit} is no limit that is known here`);
    return undefined;
  }
  context.tell(
    'changed',
    at,
    `${limit} at a time holds in one pool, in the order of priority, and not for an organisation in the order of builds`,
  );
  return { key, limit };
}
