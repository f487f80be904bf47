import type { AttemptRef } from '../../../core/model/attempt';
import { attemptKey } from '../../../core/model/attempt';
import { LOCAL_WORKER } from './runnable';

/** Which worker has an attempt: the executor of this process stands for all of them. */
export interface AttemptPlaces {
  readonly put: (ref: AttemptRef, workerId: string) => void;
  /** This machine, where nothing else is known: an attempt that was taken over. */
  readonly of: (ref: AttemptRef) => string;
  readonly forget: (ref: AttemptRef) => void;
}

export function createAttemptPlaces(): AttemptPlaces {
  const places = new Map<string, string>();
  return {
    put: (ref, workerId) => void places.set(attemptKey(ref), workerId),
    of: (ref) => places.get(attemptKey(ref)) ?? LOCAL_WORKER,
    forget: (ref) => void places.delete(attemptKey(ref)),
  };
}
