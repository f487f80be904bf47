import type { Path } from '../../core/dag/check/problems';
import { templateVariables } from '../../core/dag/template';
import { LIMITS } from '../../core/limits';
import { nodeOf } from '../finish';
import { refusal } from '../foreign';
import type { ImportedNode } from '../imported';
import { guard, runOf, shellText } from './command';
import type { Context } from './context';
import { conditionOf } from './gates';
import { withMatrix } from './matrix';
import type { Plan, Planned } from './plan';
import { commandsOf, pluginsOf, reportsOf } from './plugins';
import { retryOf } from './retry';
import { concurrencyOf, labelsOf, secretsOf, timeoutOf } from './settings';
import { type Tell, tellUnknown } from './tell';
import { fill, parseUpload } from './upload';
import { exportsOf, type Own, PROVIDED, tellRuntime, tellVariables } from './variables';

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
  const { run, allowFailure } = commandOf(own, retry);
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
      allowFailure,
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

interface NodeCommand extends Pick<Soft, 'allowFailure'> {
  readonly run: string;
}

/** What cannot be one is a node that fails, and whose failure is not allowed: it did nothing. */
function commandOf(own: Own, retry: ImportedNode['retry']): NodeCommand {
  const { planned, step, context } = own;
  const { path, job, shards } = planned;
  const { tell, at } = context;
  const plugins = pluginsOf(step, path, context);
  const commands = commandsOf(step);
  const place = [...path, step.commands === undefined || step.commands === null ? 'command' : 'commands'];
  if (commands.length === 0) {
    const why = plugins.length > 0 ? `only plugins run in it: ${plugins.join(', ')}` : 'it has no command';
    tell('changed', path, `${why}: the node fails until it is written anew`);
    return { run: guard(why) };
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
    return { run: guard(made.why) };
  }
  tellAgent(made.text, place, tell);
  const exports = exportsOf(own, made.text);
  const [placeholder] = templateVariables([made.text, ...exports].join('\n'));
  if (placeholder !== undefined) {
    const why = `{{ ${placeholder} }} is a placeholder of graphs as well`;
    tell('changed', place, `${why}: the node fails until the command is moved into a file`);
    return { run: guard(why) };
  }
  tellRuntime(made.text, parts, place, { known, context });
  const numbers = ['BUILDKITE_PARALLEL_JOB={{ index }}', 'BUILDKITE_PARALLEL_JOB_COUNT={{ total }}'];
  const parallel = shards === undefined ? [] : numbers.map((number) => `export ${number}`);
  const attempts = retry?.on === 'any' ? (retry.maxAttempts ?? 1) : 1;
  const soft = softOf(own, retry !== undefined && attempts === 1);
  const run = runOf(made.text, { exports: [...exports, ...parallel], soft: soft.statuses, attempts });
  return { ...soft, run };
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

interface Soft {
  /** Exit statuses that count as success. */
  readonly statuses: readonly number[];
  /** Every failure does. */
  readonly allowFailure?: true;
}

function softOf({ planned, step, context }: Own, isByClass: boolean): Soft {
  const { path, job } = planned;
  const given = job.softFail?.given ?? step.soft_fail;
  if (!Array.isArray(given)) {
    return { statuses: [], ...(given && given !== 'false' ? { allowFailure: true } : {}) };
  }
  const at = job.softFail?.path ?? [...path, 'soft_fail'];
  const listed = given.map(({ exit_status: status }) => status);
  if (listed.includes('*')) return { statuses: [], allowFailure: true };
  const statuses = listed
    .map(Number)
    .filter((status) => Number.isInteger(status) && status > 0 && status < 256);
  if (statuses.length === 0) return { statuses };
  const when = `where it ends with ${statuses.join(' or ')}`;
  const message = `the node succeeds ${when}, which counts as a failure that is allowed on Buildkite`;
  context.tell('changed', at, message);
  if (isByClass) context.tell('changed', at, 'what succeeds so is not tried again');
  return { statuses };
}
