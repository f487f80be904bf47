import { LIMITS } from '../../core/limits';
import { allOf, anyOf, type Logic, not, operandsOf, parseLogic, type Truth, truthOf } from './logic';
import { nameText } from './names';

/** One node to be. */
export interface Leaf {
  readonly id: string;
  /** Whose skip, without a failure before it, lets others go on. */
  readonly mayBeSkipped: boolean;
  readonly rule: Rule;
}

/** What a task or a step became: its nodes, and under which condition they run. */
export interface Unit {
  readonly leaves: readonly Leaf[];
  /** Those after which all of it is over. */
  readonly sinks: readonly string[];
  readonly rule: Rule;
  /** Its `when`: true where it has none. */
  readonly when: Truth;
  readonly continueOn: boolean;
}

/** When a task runs, by what it depends on. */
export interface Rule {
  /** Ids of nodes that have to be over. */
  readonly needs: readonly string[];
  /** `formula`: the trigger is `all_done`, and the truth decides. */
  readonly kind: 'all_success' | 'none_failed' | 'formula';
  /** The same as JSONata, for those that look at it from below. */
  readonly truth: Truth;
}

export const NO_RULE: Rule = { needs: [], kind: 'all_success', truth: true };

/** @see https://argo-workflows.readthedocs.io/en/latest/enhanced-depends-logic/ */
const RESULTS = [
  ...['Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted', 'Daemoned', 'AnySucceeded', 'AllFailed'],
] as const;

export interface Dependency {
  readonly task: string;
  /** Absent: as `dependencies` has it. */
  readonly result?: string;
}

/** @returns undefined where the text is no formula of `depends` */
export function parseDepends(text: string): Logic<Dependency> | undefined {
  return parseLogic(text, /[A-Za-z0-9][\w-]*(?:\.[A-Za-z]+)?/, (token): Dependency | undefined => {
    const [task, result] = token.split('.');
    if (!task || !/^[A-Za-z0-9]/.test(task)) return undefined;
    if (result === undefined) return { task };
    return (RESULTS as readonly string[]).includes(result) ? { task, result } : undefined;
  });
}

/** The rule of a task that depends on units so. */
export function ruleOf(depends: Logic<Dependency> | undefined, unitOf: (task: string) => Unit): Rule {
  if (!depends) return NO_RULE;
  const operands = operandsOf(depends);
  const units = [...new Set(operands.map(({ task }) => unitOf(task)))];
  const needs = [...new Set(units.flatMap(sinksOf))];
  const truth = bounded(
    truthOf(depends, (dependency) => truthOfDependency(dependency, unitOf(dependency.task))),
  );
  const isPlain = isConjunction(depends) && operands.every(({ result }) => result === undefined);
  const rules = units.flatMap(({ rule, leaves }) => [rule, ...leaves.map((leaf) => leaf.rule)]);
  if (!isPlain || units.some(({ continueOn }) => continueOn) || rules.some(isOpen)) {
    return { needs, kind: 'formula', truth };
  }
  const maySkip = rules.some(({ kind }) => kind === 'none_failed') || units.some(hasSkippable);
  return { needs, kind: maySkip ? 'none_failed' : 'all_success', truth };
}

/** Whether it may leave something out without a failure, which no trigger rule below tells from a condition that does not hold. */
const isOpen = ({ kind, truth }: Rule) => kind === 'formula' && truth !== true;

const hasSkippable = ({ leaves }: Unit) => leaves.some(({ mayBeSkipped }) => mayBeSkipped);

/** Stands for a formula that is longer than a condition may be. */
export const TOO_LONG = '\u0002';

/** Formulas hold those above them, so they would grow without end. */
function bounded(truth: Truth): Truth {
  return typeof truth === 'string' && truth.length > LIMITS.conditionLength ? TOO_LONG : truth;
}

/** Of a unit without nodes what it waits for itself: the order stays. */
function sinksOf(unit: Unit): readonly string[] {
  return unit.leaves.length === 0 ? unit.rule.needs : unit.sinks;
}

function isConjunction(logic: Logic<Dependency>): boolean {
  return logic.kind === 'operand' || (logic.kind === 'all' && logic.of.every(isConjunction));
}

function truthOfDependency({ result }: Dependency, unit: Unit): Truth {
  const failed = anyOf(unit.leaves.map((leaf) => `${statusOf(leaf)} in ["failed", "cancelled"]`));
  const passed = unit.leaves.map((leaf) => `${statusOf(leaf)} = "succeeded"`);
  const succeeded = passed.length === 1 ? passed[0]! : allOf([anyOf(passed), not(failed)]);
  const skipped = unit.when === true ? false : allOf([unit.rule.truth, not(unit.when)]);
  switch (result) {
    case undefined:
      return anyOf([succeeded, skipped, ...(unit.continueOn ? [failed] : [])]);
    case 'Succeeded':
      return succeeded;
    case 'AnySucceeded':
      return anyOf(passed);
    case 'AllFailed':
      return unit.leaves.length === 0
        ? false
        : allOf(unit.leaves.map((leaf) => `${statusOf(leaf)} in ["failed", "cancelled"]`));
    case 'Skipped':
      return skipped;
    case 'Omitted':
      return not(unit.rule.truth);
    case 'Daemoned':
      return false;
    default:
      return failed;
  }
}

function statusOf({ id }: Leaf): string {
  return `results.${nameText(id)}.status`;
}
