import { expectedDuration, isTimed, SAMPLES_PER_NODE } from '../../core/history/durations';
import { effectsOfRetries } from '../../core/history/effectiveness';
import type { Quarantine } from '../../core/history/evidence';
import { type AttemptSample, type RetrySample, sampleKey, WINDOWS } from '../../core/history/samples';
import { LIMITS } from '../../core/limits';
import type { Correction } from '../../core/model/correction';
import { type CorrectionScope, type HistoryStore, tooManyQuarantines } from '../../core/ports/history';

/** A history in memory: what a simulation has, and what a store on files reads its own into. */
export interface MemoryHistory extends HistoryStore {
  readonly addAttempt: (owner: string, sample: AttemptSample) => void;
  readonly addRetry: (owner: string, sample: RetrySample) => void;
  readonly addCorrection: (signature: string, correction: Correction, scope: CorrectionScope) => void;
  readonly addQuarantine: (owner: string, quarantine: Quarantine) => void;
  readonly removeQuarantine: (owner: string, id: string) => boolean;
  readonly has: (sample: AttemptSample, owner: string) => boolean;
}

type Kept<T> = Map<string, Window<T>>;

export function createMemoryHistory(): MemoryHistory {
  const nodes: Kept<AttemptSample> = new Map();
  const timed: Kept<AttemptSample> = new Map();
  const failures: Kept<AttemptSample> = new Map();
  const signatures: Kept<RetrySample> = new Map();
  const retries: Kept<RetrySample> = new Map();
  const corrections = new Map<string, Correction>();
  const quarantines = new Map<string, Map<string, Quarantine>>();
  const nodeKey = (owner: string, node: string) => `${node} ${owner}`;

  const history: Omit<MemoryHistory, keyof HistoryStore> = {
    addAttempt(owner, sample) {
      windowIn(nodes, nodeKey(owner, sample.node), WINDOWS.node).add(sample);
      if (isTimed(sample)) windowIn(timed, sample.node, SAMPLES_PER_NODE).add(sample);
      if (!sample.passed) windowIn(failures, owner, WINDOWS.failures).add(sample);
    },
    addRetry(owner, sample) {
      windowIn(signatures, sample.signature, WINDOWS.signature).add(sample);
      windowIn(retries, `of ${owner}`, WINDOWS.retries).add(sample);
      windowIn(retries, 'all', WINDOWS.retries).add(sample);
    },
    addCorrection: (signature, correction, scope) =>
      void corrections.set(`${signature} ${scopeKey(scope)}`, correction),
    addQuarantine(owner, quarantine) {
      const own = quarantines.get(owner) ?? new Map<string, Quarantine>();
      if (own.size >= LIMITS.quarantines && !own.has(quarantine.id)) throw tooManyQuarantines();
      quarantines.set(owner, own.set(quarantine.id, quarantine));
    },
    removeQuarantine: (owner, id) => quarantines.get(owner)?.delete(id) ?? false,
    has: (sample, owner) => nodes.get(nodeKey(owner, sample.node))?.has(sample) ?? false,
  };
  return {
    ...history,
    async learn({ owner, ...update }) {
      for (const sample of update.attempts) history.addAttempt(owner, sample);
      for (const sample of update.retries) history.addRetry(owner, sample);
    },
    ofSignature: async (signature) => effectsOfRetries(signatures.get(signature)?.latest() ?? []),
    ofNode: async (owner, node) => nodes.get(nodeKey(owner, node))?.latest() ?? [],
    durationsOf: async (nodes) =>
      new Map(
        nodes.flatMap((node) => {
          const samples = timed.get(node)?.latest() ?? [];
          return samples.length === 0 ? [] : [[node, expectedDuration(samples.map((s) => s.durationMs))]];
        }),
      ),
    failures: async (owner) => failures.get(owner)?.latest() ?? [],
    retries: async (owner) => retries.get(owner === undefined ? 'all' : `of ${owner}`)?.latest() ?? [],
    correct: async (...correction) => history.addCorrection(...correction),
    correctionOf: async (signature, owner) =>
      corrections.get(`${signature} ${scopeKey({ owner })}`) ??
      corrections.get(`${signature} ${scopeKey('everyone')}`),
    quarantine: async (...quarantine) => history.addQuarantine(...quarantine),
    unquarantine: async (owner, id) => history.removeQuarantine(owner, id),
    quarantines: async (owner) =>
      [...(quarantines.get(owner)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

const scopeKey = (scope: CorrectionScope): string => (scope === 'everyone' ? 'all' : `of ${scope.owner}`);

/** The latest samples, whatever the order in which they come, and however often. */
interface Window<T> {
  readonly add: (sample: T) => void;
  readonly has: (sample: T) => boolean;
  /** Newest first. */
  readonly latest: () => readonly T[];
}

function windowIn<T extends Parameters<typeof sampleKey>[0]>(
  windows: Kept<T>,
  key: string,
  size: number,
): Window<T> {
  const known = windows.get(key);
  if (known) return known;
  const window = createWindow<T>(size);
  windows.set(key, window);
  return window;
}

function createWindow<T extends Parameters<typeof sampleKey>[0]>(size: number): Window<T> {
  let samples = new Map<string, T>();
  const newest = () => [...samples].sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0)).slice(0, size);
  return {
    add(sample) {
      samples.set(sampleKey(sample), sample);
      // Sorting is put off until twice as many have come.
      if (samples.size >= 2 * size) samples = new Map(newest());
    },
    has: (sample) => samples.has(sampleKey(sample)),
    latest: () => newest().map(([, sample]) => sample),
  };
}
