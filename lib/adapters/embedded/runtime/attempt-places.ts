import type { WorkRef } from '../../../core/messages/pool';
import { workKey } from '../../../core/scheduler/state';
import { LOCAL_WORKER } from './runnable';

/** Which worker has an attempt: the executor of this process stands for all of them. */
export interface AttemptPlaces {
  readonly put: (ref: WorkRef, workerId: string) => void;
  /** This machine, where nothing else is known: an attempt that was taken over. */
  readonly of: (ref: WorkRef) => string;
  readonly forget: (ref: WorkRef) => void;
}

export function createAttemptPlaces(): AttemptPlaces {
  const places = new Map<string, string>();
  return {
    put: (ref, workerId) => void places.set(workKey(ref), workerId),
    of: (ref) => places.get(workKey(ref)) ?? LOCAL_WORKER,
    forget: (ref) => void places.delete(workKey(ref)),
  };
}
