import type { Path } from '../../core/dag/check/problems';
import type { NoteKind } from '../imported';
import { KNOWN_KEYS, type Step } from './schema';

/** Says something about a place of the pipeline, and about a node where there is one. */
export type Tell = (kind: NoteKind, path: Path, message: string, node?: string) => void;

/** What a key that is often met means for a graph. */
const MEANING: Readonly<Record<string, string>> = {
  notify: 'nobody is told: subscribe to the events of the job',
  priority: 'a job has a priority, and its nodes have none of their own',
  cancel_on_build_failing: 'it goes on when others fail: set `onFailure: fail-fast` of the graph to end all',
  cache: 'the worker keeps its own caches',
  checkout: 'commands run in the working copy of the worker',
  image: 'commands run on the worker itself, not in a container',
  artifact_paths:
    'hand files on through a place that the nodes share; files of test results are `reports` of the node',
  artifacts:
    'hand files on through a place that the nodes share; files of test results are `reports` of the node',
  concurrency_method: 'nodes of one concurrency key run in the order of their priority',
  if_changed: 'it runs whatever has changed',
  signature: 'nobody checks it',
  fields: 'nobody is asked',
};

/** Notes for keys of a step that are not read. */
export function tellUnknown(
  value: object,
  kind: Step['type'] | 'pipeline',
  path: Path,
  tell: Tell,
  node?: string,
) {
  const isAsked = kind === 'block' || kind === 'input';
  for (const key of isAsked ? [] : Object.keys(value)) {
    if (KNOWN_KEYS[kind].includes(key)) continue;
    const meaning = Object.hasOwn(MEANING, key) ? MEANING[key] : unknown(kind);
    tell('left-out', [...path, key], `\`${key}\`: ${meaning}`, node);
  }
}

function unknown(kind: Step['type'] | 'pipeline'): string {
  return kind === 'pipeline'
    ? 'is no key of a pipeline; what refers to it by an anchor has what it holds'
    : 'has no counterpart';
}
