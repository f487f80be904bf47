import { LIMITS } from '../../core/limits';
import { secretNameSchema } from '../../core/model/secret';
import type { ImportedNode } from '../imported';
import { amountOf, structural } from './context';
import { withMatrix } from './matrix';
import type { Own } from './variables';

export function labelsOf({ planned, step, context }: Own): string[] {
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

export function secretsOf({ planned, step, context }: Own): string[] {
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

export function timeoutOf({ planned, step, context }: Own): string | undefined {
  const at = [...planned.path, step.timeout_in_minutes === undefined ? 'timeout' : 'timeout_in_minutes'];
  const minutes = amountOf(step.timeout_in_minutes ?? step.timeout, at, context);
  if (minutes === undefined || minutes === 0) return undefined;
  const longest = LIMITS.durationMs / 60_000;
  if (minutes > longest)
    context.tell('changed', at, `${minutes} is longer than the longest duration, ${longest} minutes`);
  const seconds = Math.round(Math.min(minutes, longest) * 60);
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

export function concurrencyOf({ planned, step, context }: Own): ImportedNode['concurrency'] {
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
