import { LIMITS } from '../../core/limits';
import type { Names } from './names';
import type { Word } from './shell';

/** The jobs that a job names under `needs`, by key: the nodes that they became, and the outputs that these hand on. */
export type NeededJobs = ReadonlyMap<
  string,
  { readonly nodes: readonly string[]; readonly outputs: ReadonlySet<string> }
>;

/** What GitHub calls the statuses of nodes, the worst first: a job is what the worst of its nodes is. */
const RESULTS = { failed: 'failure', cancelled: 'cancelled', succeeded: 'success', skipped: 'skipped' };
const RESULT_OF = JSON.stringify(RESULTS);
const STATUSES = JSON.stringify(Object.keys(RESULTS));

/** A job that is no node has neither failed nor been cancelled. Nobody knows whether it would have been skipped. */
const GONE: Word = { text: "'skipped'", isLower: true, among: ['success', 'skipped'] };

/** Words for the `needs` context, from variables that the engine gives to the command. */
export function neededWords(needed: NeededJobs, names: Names, onGone: (job: string) => void) {
  const given = new Map<string, string>();

  function variable(parts: readonly string[], expression: string): Word | undefined {
    if (expression.length > LIMITS.conditionLength) return undefined;
    const name = names(parts);
    given.set(name, expression);
    // Without it the command fails, and does not take nothing for an answer.
    return { text: `"\${${name}?}"` };
  }

  function jobOf(name: string) {
    const key = [...needed.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
    return key === undefined ? undefined : { key, ...needed.get(key)! };
  }

  function resultWord(name: string): Word | undefined {
    const job = jobOf(name);
    if (job?.nodes.length === 0) {
      onGone(job.key);
      return GONE;
    }
    const word = job && variable(['needs', job.key, 'result'], resultOf(job.nodes));
    return word && { ...word, isLower: true };
  }

  function outputWord(name: string, output: string): Word | undefined {
    const job = jobOf(name);
    const own = job && [...job.outputs].find((each) => each.toLowerCase() === output.toLowerCase());
    return own === undefined || !job
      ? undefined
      : variable(['needs', job.key, 'outputs', own], `${outputOf(job.nodes, own)} ?? ""`);
  }

  return {
    given,
    wordOfNeeds([, job = '', what, output, ...rest]: readonly string[]): Word | undefined {
      if (job === '*' || rest.length > 0) return undefined;
      const kind = what?.toLowerCase();
      if (kind === 'result' && output === undefined) return resultWord(job);
      return kind === 'outputs' && output !== undefined && output !== '*'
        ? outputWord(job, output)
        : undefined;
    },
    listOfNeeds([root, job, what, ...rest]: readonly string[]): readonly Word[] | undefined {
      if (
        root?.toLowerCase() !== 'needs' ||
        job !== '*' ||
        what?.toLowerCase() !== 'result' ||
        rest.length > 0
      ) {
        return undefined;
      }
      const words = [...needed.keys()].map(resultWord);
      return words.every((word) => word !== undefined) ? words : undefined;
    },
    jsonOfNeeds(path: readonly string[]): Word | undefined {
      if (path.length !== 1 || path[0]?.toLowerCase() !== 'needs') return undefined;
      const jobs = [...needed].map(([key, { nodes, outputs }]) => {
        if (nodes.length === 0) onGone(key);
        const own = [...outputs].map((name) => `${JSON.stringify(name)}: ${outputOf(nodes, name)}`);
        return `${JSON.stringify(key)}: {"result": ${resultOf(nodes)}, "outputs": {${own.join(', ')}}}`;
      });
      return variable(['needs'], `{${jobs.join(', ')}}`);
    },
  };
}

/** JSONata for the result of a job. One that is no node has not run. */
function resultOf(nodes: readonly string[]): string {
  const [only] = nodes;
  if (only === undefined) return '"skipped"';
  const statuses = nodes.map((id) => `results.\`${id}\`.status`);
  if (nodes.length === 1) return `$lookup(${RESULT_OF}, ${statuses[0]})`;
  return `($all := [${statuses.join(', ')}]; $lookup(${RESULT_OF}, ${STATUSES}[$ in $all][0]))`;
}

/** Of several nodes, the last that handed it on, as jobs of a matrix overwrite each other's. */
function outputOf(nodes: readonly string[], name: string): string {
  const values = nodes.map((id) => `results.\`${id}\`.outputs.\`${name}\``);
  return values.length === 1 ? values[0]! : `[${values.join(', ')}][-1]`;
}
