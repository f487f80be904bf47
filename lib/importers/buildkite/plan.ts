import type { Path } from '../../core/dag/check/problems';
import { refusal } from '../foreign';
import { createIds } from '../ids';
import { amountOf, type Context, isThere, structural } from './context';
import { checkSteps, explicitGate, keyOf, located } from './dependencies';
import { type Gate, type Made, type Sequence, sequence, type Target } from './gates';
import { type Combination, combinationsOf, withMatrix } from './matrix';
import type { CommandStep, GroupStep, Step, TriggerStep } from './schema';
import { tellUnknown } from './tell';

/** One node to be. */
export interface Planned extends Made {
  readonly step: CommandStep | TriggerStep;
  readonly path: Path;
  readonly gate: Gate;
  /** As the step, or its combination, has it; without emoji. */
  readonly label: string;
  readonly job: Combination;
  readonly shards: number | undefined;
}

export interface Plan {
  readonly nodes: readonly Planned[];
  readonly targetOf: (key: string) => Target;
}

interface Shared {
  readonly context: Context;
  readonly nodes: Planned[];
  readonly targets: Map<string, Target>;
  readonly makeId: (name: string) => string;
  /** Ids of steps that have a key: these choose first. */
  readonly keyed: ReadonlyMap<string, string>;
}

/** @throws RepriseError INPUT_INVALID for a key that is not there, or is there twice, and for cycles */
export function planOf(steps: readonly Step[], path: Path, context: Context): Plan {
  const all = located(steps, path);
  checkSteps(all, context.at);
  const makeId = createIds();
  const keyed = new Map<string, string>();
  for (const { step } of all) {
    const key = keyOf(step);
    if (key !== undefined && step.type === 'command' && !step.matrix) keyed.set(key, makeId(key));
  }
  const shared: Shared = { context, nodes: [], targets: new Map(), makeId, keyed };
  walk(steps, path, { outer: [], explicit: [] }, shared);
  return { nodes: shared.nodes, targetOf: (key) => shared.targets.get(key) ?? { gate: [] } };
}

/** `explicit`: what the group around names. */
interface Around {
  readonly outer: Gate;
  readonly explicit: Gate;
}

interface Walked {
  readonly nodes: readonly Made[];
  readonly implicit: readonly Made[];
}

function walk(steps: readonly Step[], path: Path, around: Around, shared: Shared): Walked {
  const order = sequence(around.outer);
  const nodes: Made[] = [];
  const implicit: Made[] = [];
  for (const [i, step] of steps.entries()) {
    const own = [...path, i];
    const { context, targets } = shared;
    const key = keyOf(step);
    if (!isThere(step, own, context)) {
      if (key !== undefined) targets.set(key, { gate: [] });
      continue;
    }
    const named = explicitGate(step, own, context);
    const isFirst = order.gate() === around.outer;
    const made = place(step, own, { named, around, order, shared });
    order.add(made.nodes, made.implicit);
    nodes.push(...made.nodes);
    if (isFirst) implicit.push(...made.implicit);
    if (key !== undefined) targets.set(key, made.target);
  }
  return { nodes, implicit };
}

interface Where {
  readonly named: Gate | undefined;
  readonly around: Around;
  readonly order: Sequence;
  readonly shared: Shared;
}

function place(step: Step, path: Path, { named, around, order, shared }: Where): Walked & { target: Target } {
  const { context } = shared;
  const { tell } = context;
  const gate = named === undefined ? order.gate() : [...named, ...around.explicit];
  switch (step.type) {
    case 'wait': {
      tellUnknown(step, 'wait', path, tell);
      const goesOn = step.continue_on_failure === true || step.continue_on_failure === 'true';
      return barrier(path, named && (goesOn ? allowed(gate) : gate), goesOn, order, context);
    }
    case 'block':
    case 'input':
      tell(
        'left-out',
        path,
        `nobody is asked, and nothing is entered: what waits for \`${titleOf(step)}\` goes on`,
      );
      if (step.type === 'input') return { nodes: [], implicit: [], target: { gate } };
      return barrier(path, named && gate, false, order, context);
    case 'group': {
      tellUnknown(step, 'group', path, tell);
      const inner = walk(
        step.steps,
        [...path, 'steps'],
        { outer: gate, explicit: named ? gate : around.explicit },
        shared,
      );
      return { nodes: inner.nodes, implicit: named ? [] : inner.implicit, target: { nodes: inner.nodes } };
    }
    default: {
      const made = nodesOf(step, path, gate, shared);
      return { nodes: made, implicit: named ? [] : made, target: { nodes: made } };
    }
  }
}

function allowed(gate: Gate): Gate {
  return gate.map((need) => (need.kind === 'ran' ? need : { ...need, allow: true }));
}

function barrier(path: Path, named: Gate | undefined, goesOn: boolean, order: Sequence, { tell }: Context) {
  if (named === undefined) return { nodes: [], implicit: [], target: { gate: order.wait(goesOn) } };
  tell(
    'info',
    [...path, 'depends_on'],
    'what follows waits for what is named here, and not for all before it',
  );
  order.waitFor(named);
  return { nodes: [], implicit: [], target: { gate: named } };
}

function titleOf(step: Exclude<Step, CommandStep | GroupStep>): string {
  const title = step.label ?? step.name ?? step[step.type];
  return typeof title === 'string' && title !== '' ? title : step.type;
}

function nodesOf(step: CommandStep | TriggerStep, path: Path, gate: Gate, shared: Shared): Planned[] {
  const { context, makeId, keyed } = shared;
  const jobs = step.type === 'command' && step.matrix ? matrixJobs(step, path, context) : undefined;
  const made = (jobs ?? [{ values: new Map<string, string>() }]).flatMap((job): Planned[] => {
    const label = labelOf(step, path, job, context);
    const shards = jobs ? undefined : shardsOf(step, path, context);
    if (shards === 0) return [];
    const key = keyOf(step);
    const own = key ?? (label || firstWords(step));
    const values = [...job.values.values()];
    const name = [own, ...(values.every((value) => own.includes(value)) ? [] : values)].join('-');
    const id = (jobs || key === undefined ? undefined : keyed.get(key)) ?? makeId(name);
    const ids =
      shards === undefined ? [id] : Array.from({ length: shards }, (_, i) => makeId(`${id}-${i + 1}`));
    return [{ id, ids, step, path, gate, label, job, shards }];
  });
  shared.nodes.push(...made);
  return made;
}

function matrixJobs(step: CommandStep, path: Path, context: Context): Combination[] {
  const own = [...path, 'matrix'];
  if (step.parallelism !== undefined && step.parallelism !== null) {
    throw refusal([...path, 'parallelism'], '`matrix` and `parallelism` exclude each other', context.at);
  }
  const text = (value: unknown, at: Path) => structural(value as string, at, context);
  const jobs = combinationsOf(step.matrix!, { path: own, at: context.at, text });
  if (jobs.length === 0) context.tell('info', own, 'it leaves no job: the step is no node');
  return jobs;
}

function shardsOf(step: CommandStep | TriggerStep, path: Path, context: Context): number | undefined {
  const count =
    step.type === 'command' ? amountOf(step.parallelism, [...path, 'parallelism'], context) : undefined;
  if (count === 0) context.tell('info', [...path, 'parallelism'], 'the step has no job: it is no node');
  return count === undefined || Number.isInteger(count) ? count : undefined;
}

function labelOf(
  step: CommandStep | TriggerStep,
  path: Path,
  { values }: Combination,
  context: Context,
): string {
  const given = step.label ?? step.name;
  if (given === undefined || given === null) return '';
  const text = structural(given, [...path, step.label === undefined ? 'name' : 'label'], context);
  return withMatrix(text, values, [...path, 'label'], context.at)
    .replace(/:[\w+-]+:/g, '')
    .trim();
}

/** What a step without a name is called. */
function firstWords(step: CommandStep | TriggerStep): string {
  if (step.type === 'trigger') return `trigger-${step.trigger}`;
  const [first = ''] = [step.commands ?? step.command ?? []].flat().map(String);
  return first.trim().split(/\s+/).slice(0, 3).join(' ').slice(0, 40) || 'step';
}
