import type { Path } from '../../core/dag/check/problems';
import { LIMITS } from '../../core/limits';
import { checkItems, type Item } from '../edges';
import { type Place, refusal } from '../foreign';
import type { Handed } from './command';
import { itemsOf } from './items';
import { anyOf, type Logic, operandsOf, type Truth } from './logic';
import { nameText } from './names';
import type { ArgoCall, ArgoTemplate } from './schema';
import { templateScope, withItem, withLaterItem, withResults } from './scope';
import { fill, type Resolve } from './tags';
import type { Tell } from './tell';
import { type Dependency, type Leaf, parseDepends, type Rule, ruleOf, type Unit } from './units';
import { whenTruth } from './when';

/** A node to be: a template that runs something, with what it is called with. */
export interface PendingLeaf extends Leaf {
  readonly rule: Rule;
  /** Conditions besides the rule: its own `when`, and those of what it stands in. */
  readonly guards: readonly Truth[];
  readonly template?: { readonly value: ArgoTemplate; readonly path: Path };
  readonly resolve: Resolve;
  readonly forEach?: string;
  /** Why it cannot run here: it fails and says so. */
  readonly why?: string;
}

/** What all of an expansion shares. */
export interface Shared {
  readonly templates: ReadonlyMap<string, { readonly value: ArgoTemplate; readonly path: Path }>;
  readonly workflow: Resolve;
  readonly makeId: (name: string) => string;
  readonly at: Place;
  readonly tell: Tell;
  readonly leaves: PendingLeaf[];
  /** Nodes whose output others read, and how. */
  readonly handed: Map<string, Set<Handed>>;
}

/** Where a call stands. */
interface Around {
  readonly prefix: string;
  readonly rule: Rule;
  readonly guards: readonly Truth[];
  readonly resolve: Resolve;
  /** Templates that it stands in, by name. */
  readonly stack: readonly string[];
}

/** What a template becomes that is called by nobody: the entrypoint, or the exit handler. */
export function expandRoot(name: string, path: Path, rule: Rule, shared: Shared): Unit {
  const around: Around = { prefix: '', rule, guards: [], resolve: shared.workflow, stack: [] };
  return expandTemplate(templateNamed(name, path, shared), undefined, name, around, shared);
}

function templateNamed(name: string, path: Path, { templates, at }: Shared) {
  const found = templates.get(name);
  if (!found) throw refusal(path, `there is no template ${JSON.stringify(name)}`, at);
  return found;
}

type Found = { readonly value: ArgoTemplate; readonly path: Path };

function expandTemplate(
  { value, path }: Found,
  call: ArgoCall | undefined,
  id: string,
  around: Around,
  shared: Shared,
): Unit {
  const note = (message: string) => shared.tell('changed', path, message);
  const { workflow } = shared;
  const resolve = templateScope(value, call, { caller: around.resolve, workflow, note });
  if (around.stack.includes(value.name)) {
    return leaf(id, { ...around, resolve }, shared, { why: `the template ${value.name} calls itself` });
  }
  const prefix = call === undefined ? '' : `${id}-`;
  const inner: Around = { ...around, prefix, resolve, stack: [...around.stack, value.name] };
  if (value.dag) return expandDag(value.dag.tasks, [...path, 'dag', 'tasks'], inner, shared);
  if (value.steps) return expandSteps(value.steps, [...path, 'steps'], inner, shared);
  return leaf(id, inner, shared, { template: { value, path } });
}

function leaf(
  name: string,
  { rule, guards, resolve }: Around,
  { makeId, leaves, at }: Shared,
  more: Pick<PendingLeaf, 'template' | 'forEach' | 'why'>,
): Unit {
  const open = guards.filter((guard) => guard !== true);
  const id = makeId(name);
  const made = { id, mayBeSkipped: open.length > 0, rule, guards: open, resolve, ...more };
  if (leaves.push(made) > LIMITS.nodes) throw refusal([], `comes to more than ${LIMITS.nodes} nodes`, at);
  return { leaves: [made], sinks: [id], rule, when: true, continueOn: false };
}

function expandDag(tasks: readonly ArgoCall[], path: Path, around: Around, shared: Shared): Unit {
  const places = new Map(tasks.map((task, i) => [task.name, [...path, i]]));
  const depends = new Map(
    tasks.map((task) => [task.name, dependsOf(task, places.get(task.name)!, shared.at)]),
  );
  const items = tasks.map(({ name }): Item => {
    const at = places.get(name)!;
    return { key: name, needs: namesIn(depends.get(name)).map((key) => ({ key, path: [...at, 'depends'] })) };
  });
  if (places.size < tasks.length) throw refusal(path, 'names of tasks are used twice', shared.at);
  checkItems(items, shared.at);
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const units = new Map<string, Unit>();
  const resolve = withResults(around.resolve, (name) => units.get(name));
  const unitOf = (name: string): Unit => {
    const known = units.get(name);
    if (known) return known;
    const own = depends.get(name);
    const rule = own ? ruleOf(own, unitOf) : around.rule;
    const at = places.get(name)!;
    tellTolerated(own, at, shared.tell);
    const unit = expandCall(byName.get(name)!, at, { ...around, rule, resolve }, shared);
    units.set(name, unit);
    return unit;
  };
  for (const { name } of tasks) unitOf(name);
  const used = new Set([...depends.values()].flatMap(namesIn));
  const last = tasks.filter(({ name }) => !used.has(name)).map(({ name }) => units.get(name)!);
  return together([...units.values()], last, around.rule);
}

function namesIn(logic: Logic<Dependency> | undefined): string[] {
  return logic ? [...new Set(operandsOf(logic).map(({ task }) => task))] : [];
}

function dependsOf(task: ArgoCall, path: Path, at: Place): Logic<Dependency> | undefined {
  const { depends, dependencies = [] } = task;
  if (depends && dependencies && dependencies.length > 0) {
    throw refusal([...path, 'dependencies'], '`depends` and `dependencies` exclude each other', at);
  }
  if (depends) {
    const parsed = parseDepends(depends);
    if (parsed) return parsed;
    throw refusal(
      [...path, 'depends'],
      `${JSON.stringify(depends)} is no formula of tasks and their results`,
      at,
    );
  }
  if (!dependencies || dependencies.length === 0) return undefined;
  return { kind: 'all', of: dependencies.map((name) => ({ kind: 'operand', operand: { task: name } })) };
}

/** A failure that a workflow goes on after, and succeeds. */
function tellTolerated(depends: Logic<Dependency> | undefined, path: Path, tell: Tell): void {
  const results = depends ? operandsOf(depends).map(({ result }) => result) : [];
  if (!results.some((result) => result === 'Failed' || result === 'Errored' || result === 'AllFailed'))
    return;
  tell('changed', [...path, 'depends'], 'a node that has failed fails the job, though others go on after it');
  if (results.includes('Errored')) {
    tell('changed', [...path, 'depends'], 'a failure and an error are one thing here: both count as either');
  }
}

function expandSteps(
  groups: readonly (readonly ArgoCall[])[],
  path: Path,
  around: Around,
  shared: Shared,
): Unit {
  const units = new Map<string, Unit>();
  const resolve = withResults(around.resolve, (name) => units.get(name));
  let last: Unit[] = [];
  let rule = around.rule;
  for (const [g, group] of groups.entries()) {
    const made = group.map((step, s): Unit => {
      const unit = expandCall(step, [...path, g, s], { ...around, rule, resolve }, shared);
      units.set(step.name, unit);
      return unit;
    });
    if (made.length === 0) continue;
    last = made;
    const names = group.map(({ name }) => ({ kind: 'operand', operand: { task: name } }) as const);
    rule = ruleOf({ kind: 'all', of: names }, (name) => units.get(name)!);
  }
  return together([...units.values()], last, around.rule);
}

function together(units: readonly Unit[], last: readonly Unit[], rule: Rule): Unit {
  const sinks = last.flatMap((unit) => (unit.leaves.length === 0 ? unit.rule.needs : unit.sinks));
  return {
    leaves: units.flatMap(({ leaves }) => leaves),
    sinks: [...new Set(sinks)],
    rule,
    when: true,
    continueOn: false,
  };
}

/** A task or a step, for each of its items. */
function expandCall(call: ArgoCall, path: Path, around: Around, shared: Shared): Unit {
  const { at, tell } = shared;
  const continueOn = call.continueOn?.failed === true || call.continueOn?.error === true;
  if (continueOn) {
    tell(
      'changed',
      [...path, 'continueOn'],
      'a node that has failed fails the job, though others go on after it',
    );
  }
  const items = itemsOf(call, around.resolve, path, at);
  const whole = (units: readonly Unit[], whens: readonly Truth[]): Unit => ({
    ...together(units, units, around.rule),
    ...{ when: whens.length === 0 ? false : anyOf(whens), continueOn },
  });
  const name = `${around.prefix}${call.name}`;
  if (items.kind === 'unknown') {
    tell('changed', path, `${items.why}: the node fails until it is written anew`);
    return whole([leaf(name, around, shared, { why: items.why })], [true]);
  }
  if (items.kind === 'later') {
    hand(shared, items.of, 'items');
    return whole([later(call, path, items.of, { ...around, prefix: name }, shared)], [true]);
  }
  const each = items.kind === 'known' ? items.items : [undefined];
  const made = each.map((item, i) => {
    const resolve = items.kind === 'known' ? withItem(around.resolve, item) : around.resolve;
    const id = items.kind === 'known' ? `${name}-${itemName(item, i)}` : name;
    return one(call, path, id, { ...around, resolve }, shared);
  });
  return whole(
    made.map(({ unit }) => unit),
    made.map(({ when }) => when),
  );
}

function itemName(item: unknown, index: number): string {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof item) && String(item).length <= 24;
  return isPlain && String(item) !== '' ? String(item) : String(index);
}

function one(call: ArgoCall, path: Path, id: string, around: Around, shared: Shared) {
  const when = whenOf(call, path, around.resolve, shared);
  if (when === false) return { when, unit: together([], [], around.rule) };
  const guards = [...around.guards, when];
  return { when, unit: called(call, path, id, { ...around, guards }, shared) };
}

function called(call: ArgoCall, path: Path, id: string, around: Around, shared: Shared): Unit {
  if (call.template) {
    const found = templateNamed(call.template, [...path, 'template'], shared);
    return expandTemplate(found, call, id, around, shared);
  }
  const why = call['templateRef'] ? 'its template is in another manifest' : 'it has its template inline';
  shared.tell('changed', path, `${call.name}: ${why}: the node fails until it is written anew`);
  return leaf(id, around, shared, { why });
}

function later(call: ArgoCall, path: Path, of: string, around: Around, shared: Shared): Unit {
  const found = call.template ? templateNamed(call.template, [...path, 'template'], shared) : undefined;
  const isLeaf = found !== undefined && !found.value.dag && !found.value.steps;
  if (!isLeaf || call.when) {
    const why = `what it does for each item of ${of} is more than a command`;
    shared.tell('changed', path, `${call.name}: ${why}: the node fails until it is written anew`);
    return leaf(around.prefix, around, shared, { why });
  }
  const note = (message: string) => shared.tell('changed', path, message);
  const caller = withLaterItem(around.resolve);
  const resolve = templateScope(found.value, call, { caller, workflow: shared.workflow, note });
  const forEach = `results.${nameText(of)}.outputs.items`;
  return leaf(around.prefix, { ...around, resolve }, shared, { template: found, forEach });
}

function whenOf(call: ArgoCall, path: Path, resolve: Resolve, shared: Shared): Truth {
  if (!call.when) return true;
  const parts = fill(call.when, resolve);
  const truth = whenTruth(parts);
  if (truth === undefined) {
    const message = `the node runs whether or not this holds, as it is only known to Argo: ${call.when}`;
    shared.tell('left-out', [...path, 'when'], message);
    return true;
  }
  if (typeof truth === 'boolean') {
    if (!truth) shared.tell('info', [...path, 'when'], `${call.name} never runs: ${call.when}`);
    return truth;
  }
  for (const part of parts)
    if (part.kind === 'unknown' && part.of !== undefined) hand(shared, part.of, 'result');
  return truth;
}

function hand({ handed }: Shared, node: string, as: Handed): void {
  handed.set(node, (handed.get(node) ?? new Set()).add(as));
}
