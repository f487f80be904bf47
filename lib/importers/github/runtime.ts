import { shellQuote } from '../../core/dag/shell/word';
import { evaluate, type Scope } from './evaluate';
import { givenWords } from './given';
import { inputWords } from './inputs';
import { variableOf } from './interpolate';
import { createNames } from './names';
import { type NeededJobs, neededWords } from './needed-jobs';
import type { Helper } from './prelude';
import type { Look, Word } from './shell';
import type { DeclaredInput, Told } from './told';

/** A step as those after it know it. */
export interface StepFacts {
  readonly id: string | undefined;
  /** It is a command of ours; what an action did or handed on, nobody knows. */
  readonly isRun: boolean;
}

/** A variable that holds what GitHub knows. */
export interface VariableUse {
  readonly name: string;
  readonly path: readonly string[];
}

/** What the steps of one job ask for while they run, gathered while they are read. */
export interface Runtime {
  /**
   * What the step at `index` can find out; all steps are before an index past the last.
   * @param purpose a condition is not decided by a variable that may be missing
   */
  readonly look: (
    scope: Scope,
    index: number,
    purpose: 'condition' | 'text',
    onVariable?: (use: VariableUse) => void,
  ) => Look;
  /** The step never runs. */
  readonly drop: (index: number) => void;
  /** Lines after a step that keep what others ask about it. */
  readonly keep: (index: number) => readonly string[];
  readonly helpers: Set<Helper>;
  /** Expressions for the node's `with`, by variable. */
  readonly given: ReadonlyMap<string, string>;
}

/** What is known of the workflow around a job. */
interface Around {
  readonly needed: NeededJobs;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  /** Whether the command sets a variable of the runner whatever happens. */
  readonly isSet: (name: string) => boolean;
}

/** What is to be told of what a command asks for. */
export interface Hearing {
  /** A job whose result is asked for, and that is no node. */
  readonly onGone: (job: string) => void;
  /** An input that has a default. */
  readonly onInput: (path: readonly string[], told: Told) => void;
}

export function createRuntime(
  steps: readonly StepFacts[],
  { needed, inputs, isSet }: Around,
  { onGone, onInput }: Hearing,
): Runtime {
  const dropped = new Set<number>();
  const kept = new Map<number, Map<string, string>>();
  const helpers = new Set<Helper>();
  const variables = createNames();
  const given = new Map<string, string>();
  const give = givenWords(given, variables);
  const { wordOfInput, typeOfInput } = inputWords(inputs, give, onInput);
  const { wordOfNeeds, listOfNeeds, jsonOfNeeds } = neededWords(needed, give, onGone);

  function stepAt([, id = '']: readonly string[], before: number): number | undefined {
    const at = steps.findLastIndex((step, i) => i < before && step.id?.toLowerCase() === id.toLowerCase());
    return at < 0 ? undefined : at;
  }

  function wordOfStep(path: readonly string[], before: number): Word | undefined {
    const at = stepAt(path, before);
    // Before it has run, nothing is known of a step.
    if (at === undefined) return { text: "''", isLower: true, isNull: true };
    if (!steps[at]!.isRun) return undefined;
    const [, id = '', what = '', output, ...rest] = path.map((part, i) =>
      i === 3 ? part : part.toLowerCase(),
    );
    const isEnding = (what === 'outcome' || what === 'conclusion') && output === undefined;
    if (!isEnding && (what !== 'outputs' || output === undefined || output === '*' || rest.length > 0))
      return undefined;
    if (dropped.has(at)) {
      return isEnding ? { text: "'skipped'", isLower: true } : { text: "''", isLower: true, isNull: true };
    }
    const name = variables(['steps', id, what, ...(isEnding ? [] : [output!.toLowerCase()])]);
    const keep = isEnding ? `export ${name}=$_${what}` : `output ${name} ${quoted(output!)}`;
    if (!isEnding) helpers.add('output');
    kept.set(at, (kept.get(at) ?? new Map()).set(name, keep));
    return isEnding
      ? { text: `"\${${name}-skipped}"`, isLower: true }
      : { text: `"\${${name}-}"`, isNull: `[ -z "\${${name}+set}" ]` };
  }

  return {
    helpers,
    given,
    drop: (index) => void dropped.add(index),
    keep: (index) => [...(kept.get(index)?.values() ?? [])],
    look: (scope, index, purpose, onVariable) => ({
      known: (tree) => evaluate(tree, scope),
      use: (helper) => void helpers.add(helper),
      list: (path) => listOfNeeds(path),
      json: (path) => jsonOfNeeds(path),
      word(path) {
        const root = path[0]?.toLowerCase();
        if (root === 'steps') return wordOfStep(path, index);
        if (root === 'needs') return wordOfNeeds(path);
        if (root === 'job')
          return path[1]?.toLowerCase() === 'status' && path.length === 2 ? JOB_STATUS : undefined;
        const matrix = scope.variable?.(path);
        if (matrix !== undefined) return { text: `"\${${matrix}}"` };
        const input = wordOfInput(path);
        if (input) return input;
        const name = variableOf(path);
        const isSure = root === 'env' || (name !== undefined && isSet(name));
        if (name === undefined || (purpose === 'condition' && root === 'secrets')) return undefined;
        onVariable?.({ name, path });
        const unsure = purpose === 'text' || isSure ? {} : { unsure: name };
        return { text: `"\${${name}-}"`, ...typeOfInput(path), ...unsure };
      },
    }),
  };
}

const JOB_STATUS: Word = { text: '"$JOB_STATUS"', isLower: true };

function quoted(text: string): string {
  return /^[\w-]+$/.test(text) ? text : shellQuote(text);
}
