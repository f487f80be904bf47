import { isMapping } from '../../core/dag/check/outline';
import type { Path } from '../../core/dag/check/problems';
import { type Place, parseForeign, refusal } from '../foreign';
import { type Pipeline, pipelineSchema, type Step, stepsSchema } from './schema';

/** @see https://buildkite.com/docs/pipelines/configure/step-types */
const TYPES: Readonly<Record<string, Step['type']>> = {
  command: 'command',
  commands: 'command',
  script: 'command',
  plugins: 'command',
  plugin: 'command',
  wait: 'wait',
  waiter: 'wait',
  block: 'block',
  manual: 'block',
  input: 'input',
  trigger: 'trigger',
  group: 'group',
};
/** Words that `type` takes, and no key. */
const ONLY_TYPE = 'script';
const ALONE = ['wait', 'waiter', 'block', 'manual', 'input'];

/** What a step is told by: its `type`, else the first of these keys that it has. */
export function typeOfStep(step: unknown): Step['type'] | undefined {
  if (typeof step === 'string') return ALONE.includes(step) ? TYPES[step] : undefined;
  if (!isMapping(step)) return undefined;
  const { type } = step;
  if (typeof type === 'string') return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const key = Object.keys(TYPES).find((each) => each !== ONLY_TYPE && Object.hasOwn(step, each));
  return key === undefined ? undefined : TYPES[key];
}

export interface ReadPipeline {
  readonly pipeline: Pipeline;
  /** Where the steps are: a pipeline may be a list of them. */
  readonly path: Path;
}

/** @throws RepriseError INPUT_INVALID */
export function readPipeline(given: unknown, at: Place): ReadPipeline {
  const value = withMerged(given);
  if (Array.isArray(value)) {
    return { pipeline: { steps: parseForeign(stepsSchema, typed(value, [], at), at) }, path: [] };
  }
  const steps = isMapping(value) ? value['steps'] : undefined;
  const read =
    isMapping(value) && Array.isArray(steps) ? { ...value, steps: typed(steps, ['steps'], at) } : value;
  return { pipeline: parseForeign(pipelineSchema, read, at), path: ['steps'] };
}

function typed(steps: readonly unknown[], path: Path, at: Place): unknown[] {
  return steps.map((step, i) => {
    const type = typeOfStep(step);
    if (type === undefined) {
      throw refusal(
        [...path, i],
        'is no step: it has none of command, wait, block, input, trigger, group',
        at,
      );
    }
    if (typeof step === 'string') return { type };
    const { steps: inner } = step as { steps?: unknown };
    const own =
      type === 'group' && Array.isArray(inner) ? { steps: typed(inner, [...path, i, 'steps'], at) } : {};
    return { ...(step as object), ...own, type };
  });
}

/** The keys of `<<` in the mapping that it stands in, as YAML 1.1 has them: its own keys come first. */
function withMerged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMerged);
  if (!isMapping(value)) return value;
  const { '<<': merge, ...own } = value;
  const from = [merge ?? []].flat().filter(isMapping).reverse();
  const all = Object.assign({}, ...from.map(withMerged), own) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all).map(([key, each]) => [key, withMerged(each)]));
}
