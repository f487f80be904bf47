import type { Give } from './given';
import type { Word } from './shell';
import { type Test, testText } from './test-code';

/** A job that another one names under `needs`. */
export interface NeededJob {
  /** The nodes that it became. */
  readonly nodes: readonly string[];
  /** The outputs that these hand on. */
  readonly outputs: ReadonlySet<string>;
  /** Whether it has an output of this name that nobody here can tell. */
  readonly isOpen: (output: string) => boolean;
  /** Of one that is no node: where it would have run, and so counts as succeeded; undefined where nobody can tell. */
  readonly ran?: Test | undefined;
}

/** Those jobs by key. */
export type NeededJobs = ReadonlyMap<string, NeededJob>;

/** What GitHub calls the statuses of nodes, the worst first: a job is what the worst of its nodes is. */
const RESULTS = { failed: 'failure', cancelled: 'cancelled', succeeded: 'success', skipped: 'skipped' };
const RESULT_OF = JSON.stringify(RESULTS);
const STATUSES = JSON.stringify(Object.keys(RESULTS));

/** A job that is no node has neither failed nor been cancelled. Of this one nobody knows whether it would have run. */
const GONE: Word = { text: "'success'", isLower: true, among: ['success', 'skipped'] };

/** Words for the `needs` context, from variables that the engine gives to the command. */
export function neededWords(needed: NeededJobs, variable: Give, onGone: OnGone) {
  function resultWord(name: string): Word | undefined {
    const job = jobNamed(needed, name);
    if (!job) return NOTHING;
    if (isUntold(job)) {
      onGone(job.key);
      return GONE;
    }
    if (typeof job.ran === 'boolean') return { text: job.ran ? "'success'" : "'skipped'", isLower: true };
    const word = variable(['needs', job.key, 'result'], resultOf(job));
    return word && { ...word, isLower: true };
  }

  function outputWord(name: string, output: string): Word | undefined {
    const job = jobNamed(needed, name);
    const own = job && [...job.outputs].find((each) => each.toLowerCase() === output.toLowerCase());
    if (!job) return NOTHING;
    if (own === undefined) return job.isOpen(output) ? undefined : NOTHING;
    const word = variable(['needs', job.key, 'outputs', own], `${outputOf(job.nodes, own)} ?? ""`);
    // Jobs hand on nothing that is empty.
    return word && { ...word, isNull: `[ -z ${word.text} ]` };
  }

  return {
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
    /** Indented as on GitHub, where scripts look for `"result": "failure"`. */
    jsonOfNeeds(path: readonly string[]): Word | undefined {
      const code = path[0]?.toLowerCase() === 'needs' ? codeOf(needed, path.slice(1), onGone) : undefined;
      if (code === undefined) return undefined;
      const parts = path.map((part) => (part === '*' ? 'each' : part.toLowerCase()));
      return variable([...parts, 'json'], `$string(${code}, true)`);
    },
  };
}

/** What the context does not have is null. */
const NOTHING: Word = { text: "''", isLower: true, isNull: true };

type OnGone = (job: string) => void;

function jobNamed(needed: NeededJobs, name: string) {
  const key = [...needed.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : { key, ...needed.get(key)! };
}

/** JSONata for a part of the context that is an object or a list. */
function codeOf(needed: NeededJobs, path: readonly string[], onGone: OnGone): string | undefined {
  const [name, what, ...rest] = path;
  const kind = what?.toLowerCase();
  if (rest.length > 0) return undefined;
  if (name === undefined) {
    const jobs = [...needed].map(([key, job]) => `${JSON.stringify(key)}: ${wholeOf(key, job, onGone)}`);
    return `{${jobs.join(', ')}}`;
  }
  if (name === '*') {
    const each = [...needed].map(([key, job]) => partOf({ key, ...job }, kind, onGone));
    return each.includes(undefined) ? undefined : `[${each.join(', ')}]`;
  }
  const job = jobNamed(needed, name);
  return job && kind !== 'result' ? partOf(job, kind, onGone) : undefined;
}

function partOf(
  job: NeededJob & { readonly key: string },
  what: string | undefined,
  onGone: OnGone,
): string | undefined {
  if (what === undefined) return wholeOf(job.key, job, onGone);
  if (what === 'outputs') return outputsOf(job);
  if (what !== 'result') return undefined;
  if (isUntold(job)) onGone(job.key);
  return resultOf(job);
}

function wholeOf(key: string, job: NeededJob, onGone: OnGone): string {
  return `{"result": ${partOf({ key, ...job }, 'result', onGone)}, "outputs": ${outputsOf(job)}}`;
}

function outputsOf({ nodes, outputs }: NeededJob): string {
  return `{${[...outputs].map((name) => `${JSON.stringify(name)}: ${outputOf(nodes, name)}`).join(', ')}}`;
}

function isUntold({ nodes, ran }: NeededJob): boolean {
  return nodes.length === 0 && ran === undefined;
}

/** JSONata for the result of a job. */
function resultOf({ nodes, ran = true }: NeededJob): string {
  const [only] = nodes;
  if (only === undefined) {
    if (typeof ran === 'boolean') return ran ? '"success"' : '"skipped"';
    return `((${testText(ran)}) ? "success" : "skipped")`;
  }
  const statuses = nodes.map((id) => `results.\`${id}\`.status`);
  if (nodes.length === 1) return `$lookup(${RESULT_OF}, ${statuses[0]})`;
  return `($all := [${statuses.join(', ')}]; $lookup(${RESULT_OF}, ${STATUSES}[$ in $all][0]))`;
}

/** Of several nodes, the last that handed it on, as jobs of a matrix overwrite each other's. */
function outputOf(nodes: readonly string[], name: string): string {
  const values = nodes.map((id) => `results.\`${id}\`.outputs.\`${name}\``);
  return values.length === 1 ? values[0]! : `[${values.join(', ')}][-1]`;
}
