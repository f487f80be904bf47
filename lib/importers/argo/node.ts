import { shellQuote } from '../../core/dag/shell/word';
import { LIMITS } from '../../core/limits';
import { secretNameSchema } from '../../core/model/secret';
import { nodeOf } from '../finish';
import { type Place, refusal } from '../foreign';
import type { ImportedNode } from '../imported';
import { capturing, commandOf, guard, type Handed } from './command';
import type { PendingLeaf } from './expand';
import { allOf } from './logic';
import { retryOf } from './retry';
import type { ArgoContainer, ArgoRetry } from './schema';
import { fill, knownText } from './tags';
import type { Tell } from './tell';
import { NO_RULE, type Rule, TOO_LONG } from './units';

export interface NodeContext {
  readonly at: Place;
  readonly tell: Tell;
  readonly handed: ReadonlyMap<string, ReadonlySet<Handed>>;
  /** Of all templates that have none of their own. */
  readonly retry: ArgoRetry;
  /** The rule of the exit handler: it runs whatever happened. */
  readonly exit: Rule | undefined;
}

/** @throws RepriseError INPUT_INVALID when the command is too long to be a node's */
export function nodeOfLeaf(leaf: PendingLeaf, context: NodeContext): ImportedNode {
  const { id, rule, template } = leaf;
  const { at, tell } = context;
  const path = template?.path ?? [];
  const { run, secrets } = commandOfLeaf(leaf, context);
  if (run.length > LIMITS.runLength) {
    throw refusal(path, `comes to a command of ${run.length} characters, more than ${LIMITS.runLength}`, at);
  }
  const retry =
    template && retryOf(template.value.retryStrategy ?? context.retry, [...path, 'retryStrategy'], tell);
  return {
    ...nodeOf({
      id,
      run,
      needs: [...rule.needs],
      ...gateOf(leaf, context),
      secrets,
      timeout: timeoutOf(leaf, tell),
    }),
    ...(leaf.forEach === undefined ? {} : { forEach: leaf.forEach }),
    ...(retry === undefined ? {} : { retry }),
  };
}

function gateOf(
  { id, rule, guards, template }: PendingLeaf,
  { tell, exit }: NodeContext,
): { trigger?: ImportedNode['trigger']; when?: string } {
  if (rule === exit) return withWhen('always', allOf(guards));
  const when = allOf([...(rule.kind === 'formula' ? [rule.truth] : []), ...guards]);
  if (typeof when === 'string' && (when.includes(TOO_LONG) || when.length > LIMITS.conditionLength)) {
    const message = `what ${id} depends on is longer than a condition may be: it runs where all that it needs has succeeded`;
    tell('changed', template?.path ?? [], message, id);
    return {};
  }
  return withWhen(rule.kind === 'formula' ? 'all_done' : rule.kind, when, rule === NO_RULE);
}

function withWhen(trigger: NonNullable<ImportedNode['trigger']>, when: boolean | string, isRoot = false) {
  const isPlain = isRoot || trigger === 'all_success';
  return { ...(isPlain ? {} : { trigger }), ...(when === true ? {} : { when: String(when) }) };
}

function commandOfLeaf(leaf: PendingLeaf, context: NodeContext): { run: string; secrets: string[] } {
  const { id, template, resolve, why } = leaf;
  const { tell, handed } = context;
  if (!template) return { run: guard(why ?? 'nobody knows what it runs'), secrets: [] };
  const { value, path } = template;
  const kind = value.script ? 'script' : 'container';
  const container = value.script ?? value.container;
  if (!container) return { run: withoutCommand(leaf, tell), secrets: [] };
  const at = [...path, kind];
  const made = commandOf(value, resolve);
  const { lines, secrets, missing } = surroundings(container, { leaf, path: at, tell });
  const problem = missing ?? ('why' in made ? made.why : undefined);
  if (problem !== undefined || 'why' in made) {
    tell('changed', at, `${problem}: the node fails until its command is written anew`, id);
    return { run: guard(problem ?? ''), secrets: [] };
  }
  if (container.image)
    tell('changed', [...at, 'image'], `runs on the worker itself, not in ${container.image}`, id);
  const forms = handed.get(id);
  const run = forms ? capturing(made.run, forms) : made.run;
  return { run: [...lines, run].join('\n'), secrets };
}

/** What is not a command is not done, and must not look as if it were. */
function withoutCommand({ id, template }: PendingLeaf, tell: Tell): string {
  const { value, path } = template!;
  if ('suspend' in value) {
    tell('left-out', [...path, 'suspend'], 'nobody is waited for: the node does nothing', id);
    return 'true';
  }
  const kind = ['resource', 'http', 'plugin', 'data', 'containerSet'].find((key) => key in value);
  const why = `the template ${value.name} is ${kind ?? 'of no kind that is known here'}, which only Argo runs`;
  tell('changed', path, `${why}: the node fails until it is written anew`, id);
  return guard(why);
}

interface Surroundings {
  readonly lines: string[];
  readonly secrets: string[];
  readonly missing?: string;
}

function surroundings(
  { env, workingDir }: ArgoContainer,
  { leaf, path, tell }: { leaf: PendingLeaf; path: readonly (string | number)[]; tell: Tell },
): Surroundings {
  const lines: string[] = [];
  const secrets: string[] = [];
  let missing: string | undefined;
  for (const [i, { name, value, valueFrom }] of (env ?? []).entries()) {
    const at = [...path, 'env', i];
    const isSecret = typeof valueFrom === 'object' && valueFrom !== null && 'secretKeyRef' in valueFrom;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      missing ??= `the variable ${name} has no name that a shell accepts`;
    } else if (valueFrom !== undefined && valueFrom !== null) {
      if (isSecret && secretNameSchema.safeParse(name).success) secrets.push(name);
      else lines.push(`: "\${${name}?is to be set where the graph runs}"`);
      const how = isSecret
        ? 'is a secret of the node: the worker has to have it'
        : 'has to be passed on with --env';
      tell('changed', at, `the variable ${name} ${how}`, leaf.id);
    } else {
      const known = knownText(fill(String(value ?? ''), leaf.resolve));
      if (known === undefined) missing ??= `the variable ${name} is ${value}, which is only known to Argo`;
      else lines.push(`export ${name}=${shellQuote(known)}`);
    }
  }
  if (workingDir) {
    tell('changed', [...path, 'workingDir'], `${workingDir} has to be there on the worker`, leaf.id);
    lines.push(`cd ${shellQuote(workingDir)} || exit`);
  }
  return { lines, secrets, ...(missing === undefined ? {} : { missing }) };
}

function timeoutOf({ template, resolve, id }: PendingLeaf, tell: Tell): string | undefined {
  const given = template?.value.activeDeadlineSeconds;
  if (given === undefined || given === null) return undefined;
  const seconds = Number(knownText(fill(String(given), resolve)) ?? Number.NaN);
  if (seconds > 0 && seconds * 1_000 <= LIMITS.durationMs) return `${seconds}s`;
  tell(
    'left-out',
    [...template!.path, 'activeDeadlineSeconds'],
    `${given} is no duration that is known here`,
    id,
  );
  return undefined;
}
