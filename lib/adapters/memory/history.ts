import { expectedDuration, isTimed, SAMPLES_PER_NODE } from '../../core/history/durations';
import { effectsOfRetries } from '../../core/history/effectiveness';
import type { Quarantine } from '../../core/history/evidence';
import { type AttemptSample, type RetrySample, sampleKey, WINDOWS } from '../../core/history/samples';
import { LIMITS } from '../../core/limits';
import type { Correction } from '../../core/model/correction';
import { type CorrectionScope, type HistoryStore, tooManyQuarantines } from '../../core/ports/history';

/** What a store on files reads its samples and decisions into. */
export interface SampleHistory extends Omit<HistoryStore, 'durationsOf' | 'learn'> {
  readonly addAttempt: (owner: string, sample: AttemptSample) => void;
  readonly addRetry: (owner: string, sample: RetrySample) => void;
  readonly addCorrection: (signature: string, correction: Correction, scope: CorrectionScope) => void;
  readonly addQuarantine: (owner: string, quarantine: Quarantine) => void;
  readonly removeQuarantine: (owner: string, id: string) => boolean;
  readonly has: (sample: AttemptSample, owner: string) => boolean;
}

/** The latest samples by what they are kept under, whatever the order in which they come, and however often. */
type Windows<T> = Map<string, T[]>;

export function createSampleHistory(): SampleHistory {
  const nodes: Windows<AttemptSample> = new Map();
  const failures: Windows<AttemptSample> = new Map();
  const signatures: Windows<RetrySample> = new Map();
  const retries: Windows<RetrySample> = new Map();
  const corrections = new Map<string, Correction>();
  const quarantines = new Map<string, Map<string, Quarantine>>();
  const nodeKey = (owner: string, node: string) => `${node} ${owner}`;

  const history: Pick<SampleHistory, 'addCorrection' | 'addQuarantine' | 'removeQuarantine'> = {
    addCorrection: (signature, correction, scope) =>
      void corrections.set(`${signature} ${scopeKey(scope)}`, correction),
    addQuarantine(owner, quarantine) {
      const own = quarantines.get(owner) ?? new Map<string, Quarantine>();
      if (own.size >= LIMITS.quarantines && !own.has(quarantine.id)) throw tooManyQuarantines();
      quarantines.set(owner, own.set(quarantine.id, quarantine));
    },
    removeQuarantine: (owner, id) => quarantines.get(owner)?.delete(id) ?? false,
  };
  return {
    ...history,
    addAttempt(owner, sample) {
      add(nodes, nodeKey(owner, sample.node), { sample, most: WINDOWS.node });
      if (!sample.passed) add(failures, owner, { sample, most: WINDOWS.failures });
    },
    addRetry(owner, sample) {
      add(signatures, sample.signature, { sample, most: WINDOWS.signature });
      add(retries, `of ${owner}`, { sample, most: WINDOWS.retries });
      add(retries, 'all', { sample, most: WINDOWS.retries });
    },
    has: (sample, owner) => nodes.get(nodeKey(owner, sample.node))?.some(isSame(sample)) ?? false,
    ofSignature: async (signature) => effectsOfRetries(latest(signatures, signature, WINDOWS.signature)),
    ofNode: async (owner, node) => latest(nodes, nodeKey(owner, node), WINDOWS.node),
    failures: async (owner) => latest(failures, owner, WINDOWS.failures),
    retries: async (owner) => latest(retries, owner === undefined ? 'all' : `of ${owner}`, WINDOWS.retries),
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

/** A history in memory: what a simulation has, and a runtime that is given none. */
export function createMemoryHistory(): SampleHistory & HistoryStore {
  const samples = createSampleHistory();
  const timed: Windows<AttemptSample> = new Map();
  function addAttempt(owner: string, sample: AttemptSample): void {
    samples.addAttempt(owner, sample);
    if (isTimed(sample)) add(timed, sample.node, { sample, most: SAMPLES_PER_NODE });
  }
  return {
    ...samples,
    addAttempt,
    async learn({ owner, attempts, retries }) {
      for (const sample of attempts) addAttempt(owner, sample);
      for (const sample of retries) samples.addRetry(owner, sample);
    },
    durationsOf: async (nodes) =>
      new Map(
        nodes.flatMap((node) => {
          const durations = latest(timed, node, SAMPLES_PER_NODE).map(({ durationMs }) => durationMs);
          return durations.length === 0 ? [] : [[node, expectedDuration(durations)]];
        }),
      ),
  };
}

const scopeKey = (scope: CorrectionScope): string => (scope === 'everyone' ? 'all' : `of ${scope.owner}`);

type Sample = Parameters<typeof sampleKey>[0];

/** There are as many windows as nodes that ever ran: each is a list, and no more. */
function add<T extends Sample>(
  windows: Windows<T>,
  key: string,
  { sample, most }: { readonly sample: T; readonly most: number },
): void {
  const samples = windows.get(key);
  if (!samples) {
    windows.set(key, [sample]);
    return;
  }
  const known = samples.findIndex(isSame(sample));
  samples[known < 0 ? samples.length : known] = sample;
  // Sorting is put off until twice as many have come.
  if (samples.length >= 2 * most) windows.set(key, newest(samples, most));
}

const isSame = (one: Sample) => (other: Sample) =>
  Math.floor(one.at) === Math.floor(other.at) &&
  one.attempt === other.attempt &&
  one.jobId === other.jobId &&
  one.nodeId === other.nodeId;

const latest = <T extends Sample>(windows: Windows<T>, key: string, most: number): readonly T[] =>
  newest(windows.get(key) ?? [], most);

function newest<T extends Sample>(samples: readonly T[], most: number): T[] {
  return samples
    .map((sample) => ({ sample, key: sampleKey(sample) }))
    .sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0))
    .slice(0, most)
    .map(({ sample }) => sample);
}
