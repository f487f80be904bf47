import type { LocalEnvironment } from '../local-environment';
import type { ScriptedWorker } from '../scripted-worker';

/** An environment with a worker that does as it is told. */
export interface Deployed {
  readonly local: LocalEnvironment;
  readonly worker: ScriptedWorker;
}
