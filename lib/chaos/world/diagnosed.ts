import { LRUCache } from 'lru-cache';
import type { Diagnosis, Failure } from '../../core/model/failure';
import { diagnose } from '../../core/retry/classify/diagnose';

/** The workload has a dozen messages: each is classified once. */
const known = new LRUCache<string, Diagnosis>({ max: 100 });

export function diagnosed(failure: Failure): Diagnosis {
  const key = JSON.stringify(failure);
  const diagnosis = known.get(key) ?? diagnose(failure);
  known.set(key, diagnosis);
  return diagnosis;
}
