import { oneByOne } from '../../core/dag/condition/evaluate';
import { RepriseError } from '../../core/errors';
import type {
  Condition,
  ConditionError,
  ConditionResult,
  EachItem,
  Judgement,
} from '../../core/model/judgement';
import type { ConditionEvaluator } from '../../core/ports/conditions';
import { type EvaluatorOptions, type EvaluatorProcess, evaluatorScript, startEvaluator } from './process';

export interface EvaluatorPool extends ConditionEvaluator {
  /** Ends the processes. */
  readonly close: () => void;
}

/** One that loops or grows in one keeps the others waiting for no longer than it takes to start another. */
const SEATS = 2;
/** JSONata ends itself after one second, unless it is within one of its own functions. */
const LIMIT_MS = 3_000;
const HEAP_MB = 96;
/** Characters of what a condition sees, as JSON. */
const MAX_INPUT = 4 * 1_024 * 1_024;
/** Whoever ends a process from outside does so once; a condition that ends it does it again. */
const TRIES = 2;

interface Seat {
  process?: EvaluatorProcess;
}

/**
 * Evaluates conditions in processes of their own, which are started when the first condition comes and stay. No condition
 * holds up this process, and one that ends its own costs its node alone.
 */
export function createEvaluatorPool(options: Partial<EvaluatorOptions> = {}): EvaluatorPool {
  const { limitMs = LIMIT_MS, heapMb = HEAP_MB } = options;
  const free: Seat[] = Array.from({ length: SEATS }, () => ({}));
  const all = [...free];
  const waiting: ((seat: Seat) => void)[] = [];

  /** The last that was given back first: others stay empty for as long as one is enough. */
  function take(): Promise<Seat> {
    const seat = free.pop();
    return seat ? Promise.resolve(seat) : new Promise((resolve) => waiting.push(resolve));
  }

  function give(seat: Seat): void {
    const next = waiting.shift();
    if (next) next(seat);
    else free.push(seat);
  }

  async function ask(text: string) {
    const seat = await take();
    try {
      seat.process ??= await started({ script: options.script ?? evaluatorScript(), limitMs, heapMb });
      const answer = await seat.process.ask(text);
      if (answer.kind !== 'answer') delete seat.process;
      return answer;
    } finally {
      give(seat);
    }
  }

  /** What another process answers, or why none does. */
  async function answerTo(
    condition: Condition | EachItem,
  ): Promise<{ readonly said: unknown } | ConditionError> {
    const text = textOf(condition);
    if (text === undefined) return wrong(condition, `sees more than ${MAX_INPUT} characters of results`);
    for (let tries = 1; ; tries++) {
      const answer = await ask(text);
      if (answer.kind === 'answer') return answer;
      if (answer.kind === 'late') {
        return { ...wrong(condition, `took longer than ${limitMs} ms and was stopped`), isLate: true };
      }
      if (tries === TRIES) return wrong(condition, `took more than ${heapMb} MiB of memory`);
    }
  }

  return {
    async judge(condition) {
      const answer = await answerTo(condition);
      return 'error' in answer ? answer : (answer.said as Judgement);
    },
    async judgeEach(asked) {
      const answer = await answerTo(asked);
      if (!('error' in answer)) return answer.said as ConditionResult[];
      // One of them ended it for all, or all of them together: each is asked by itself.
      return oneByOne(asked.items, async (item) => {
        const own = await answerTo({ ...asked, items: [item] });
        return 'error' in own ? own : ((own.said as ConditionResult[])[0] as ConditionResult);
      });
    },
    close() {
      for (const seat of all) {
        seat.process?.close();
        delete seat.process;
      }
    },
  };
}

async function started(options: EvaluatorOptions): Promise<EvaluatorProcess> {
  try {
    return await startEvaluator(options);
  } catch (error) {
    const message = `conditions cannot be evaluated, as no process for them starts: ${(error as Error).message}`;
    throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause: error });
  }
}

function wrong(condition: Condition | EachItem, what: string): ConditionError {
  const { when, forEach, with: variables = {} }: Partial<Condition> = condition;
  const named = Object.entries(variables).map(([name, text]) => [`with.${name}`, text] as const);
  const all = [['when', when] as const, ['forEach', forEach] as const, ...named].filter(([, text]) => text);
  return {
    error: `${all.map(([key]) => key).join(', ')}: ${what}: ${all.map(([, text]) => text).join('; ')}`,
  };
}

/** The condition as JSON; undefined where what it sees is too much, of which no more is made than that shows. */
function textOf({ input, ...texts }: Condition | EachItem): string | undefined {
  const results: string[] = [];
  let length = 0;
  for (const [id, result] of Object.entries(input.results)) {
    const text = `${JSON.stringify(id)}:${JSON.stringify(result)}`;
    length += text.length;
    if (length > MAX_INPUT) return undefined;
    results.push(text);
  }
  const parameters = JSON.stringify(input.parameters ?? {});
  const item = 'item' in input ? `,"item":${JSON.stringify(input.item)}` : '';
  const rest = JSON.stringify(texts);
  const job = input.job === undefined ? '' : `,"job":${JSON.stringify(input.job)}`;
  const seen = `"results":{${results.join(',')}},"parameters":${parameters}${job}${item}`;
  return `${rest === '{}' ? '{' : `${rest.slice(0, -1)},`}"input":{${seen}}}`;
}
