import type { Path } from '../../core/dag/check/problems';
import type { NoteKind } from '../imported';

/** Says something about a place of the manifest, and about a node where there is one. */
export type Tell = (kind: NoteKind, path: Path, message: string, node?: string) => void;

/** What a key that is often met means for a graph. */
const MEANING: Readonly<Record<string, string>> = {
  parallelism: 'how many run at once is decided by the slots of the workers',
  synchronization: 'nobody else is kept from what it locks: `concurrency` of a node does that in a pool',
  volumes: 'commands see the files of the worker',
  volumeClaimTemplates: 'commands see the files of the worker',
  volumeMounts: 'commands see the files of the worker',
  sidecars: 'nothing starts them: start them on the worker, or in a node before',
  initContainers: 'nothing runs them: run them in a node before',
  nodeSelector: 'any worker may take it: give it `labels`',
  affinity: 'any worker may take it: give it `labels`',
  tolerations: 'any worker may take it: give it `labels`',
  resources: 'what it takes of a worker is `resources` of the node',
  activeDeadlineSeconds: 'a deadline of the whole is given to whoever runs it: `--deadline`',
  ttlStrategy: 'how long a job is kept is decided by `reprise cleanup`',
  envFrom: 'none of these variables is set: pass them with `--env`',
  schedule: 'when to run is decided by a trigger',
  schedules: 'when to run is decided by a trigger',
  hooks: 'nothing runs at these moments',
  metrics: 'nothing is measured under these names',
  failFast: 'set `onFailure` of the graph: what does not depend on a failure goes on here',
  memoize: 'nothing is taken from an earlier run',
};

/** Notes for keys that are not read. @param known keys that are */
export function tellUnknown(
  value: object,
  known: readonly string[],
  path: Path,
  tell: Tell,
  node?: string,
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const meaning = Object.hasOwn(MEANING, key) ? MEANING[key] : 'has no counterpart';
    tell('left-out', [...path, key], `\`${key}\`: ${meaning}`, node);
  }
}
