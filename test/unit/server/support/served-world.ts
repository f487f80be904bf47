import { createFileHistory } from '../../../../lib/adapters/embedded/disk/history';
import {
  createFileJournalStore,
  type FileJournalStore,
} from '../../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../../lib/adapters/embedded/disk/layout';
import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import {
  createMemoryMachine,
  type MemoryMachine,
  type Script,
} from '../../../../lib/adapters/memory/machine';
import { createVirtualTime } from '../../../../lib/adapters/memory/virtual-time';
import type { ConfigValues } from '../../../../lib/core/configuration/keys';
import { createLiveConfig, type LiveConfig } from '../../../../lib/core/configuration/live';
import { createConfigStore } from '../../../../lib/core/configuration/store';
import { graphHash } from '../../../../lib/core/dag/hash';
import { parseGraph } from '../../../../lib/core/dag/parse';
import { triggerAt } from '../../../../lib/core/messages/address';
import type { TriggerDefinition } from '../../../../lib/core/messages/trigger-definition';
import type { AttemptRef } from '../../../../lib/core/model/attempt';
import type { CleanupStarter } from '../../../../lib/core/ports/cleanup';
import { triggerIdOf } from '../../../../lib/core/trigger/id';
import { createServedEngine, type ServedEngine } from '../../../../lib/server/engine';
import { createJobFiles } from '../../../../lib/server/job-files';
import type { NotifyingOptions } from '../../../../lib/server/notifying';
import { takeUp } from '../../../../lib/server/take-up';
import { temporaryDir } from '../../../support/e2e-files';

export const OWNER = 'ana';

/** Of a daemon that nobody asks to clean up. */
export const NO_CLEANING: CleanupStarter = {
  start: () => Promise.reject(new Error('nobody asks for a cleanup here')),
};

/** A configuration that nobody but the test changes. */
export const configuredWith = (journal: FileJournalStore, flag: ConfigValues = {}): LiveConfig =>
  createLiveConfig({
    store: createConfigStore(journal, () => 0),
    own: () => ({ flag }),
    ...{ clock: () => 0, ttlMs: Number.POSITIVE_INFINITY },
    onFailure: (error) => {
      throw error;
    },
  });

/** A daemon's process: its engine with everything taken up. */
export interface Process {
  readonly engine: ServedEngine;
  readonly journal: FileJournalStore;
  readonly warnings: readonly string[];
  /** Why it cannot go on. */
  readonly failure: () => unknown;
  /** Ends it: what it held in memory is gone. */
  readonly end: () => Promise<void>;
}

/** What survives a daemon: the directory, the machine and time. */
export function createServedWorld(
  script: (ref: AttemptRef) => Script = () => ({ ms: 1_000, end: 'succeeded' }),
  start = Date.parse('2026-03-02T00:00:00Z'),
) {
  const time = createVirtualTime(start);
  const machine = createMemoryMachine(time.setTimer, script);
  const layout = layoutOf(temporaryDir());
  const graph = parseGraph('name: g\nnodes: [{ id: a, run: x }]');

  async function boot(
    options: {
      slots?: number;
      journalOf?: (journal: FileJournalStore) => FileJournalStore;
      executor?: MemoryMachine['executor'];
      notifications?: NotifyingOptions;
    } = {},
  ): Promise<Process> {
    const { slots = 2, journalOf = (journal) => journal } = options;
    const journal = journalOf(createFileJournalStore(layout));
    const template = { cwd: '/', slots, suites: {}, env: [] };
    const files = createJobFiles(layout, journal, template);
    const warnings: string[] = [];
    let failure: unknown;
    const engine = createServedEngine({
      ...{
        layout,
        journal,
        files,
        machine: template,
        executor: options.executor ?? machine.executor,
        history: createFileHistory(layout),
      },
      ...{ clock: time.now, random: () => 0.5, setTimer: time.setTimer, conditions: memoryConditions },
      notifications: options.notifications,
      onFailure: (error) => {
        failure = error;
      },
    });
    const end = async () => {
      engine.started();
      await engine.notifying.close();
      await engine.runtime.close();
      await journal.close();
    };
    try {
      await takeUp({ engine, layout, journal, files, warn: (message) => void warnings.push(message) });
    } catch (error) {
      failure = error;
    }
    return { engine, journal, warnings, failure: () => failure, end };
  }

  return {
    ...{ time, machine, layout, graph, boot },
    /** Keeps a graph; answers with its hash. */
    async put({ graphs }: ServedEngine, text: string): Promise<string> {
      const wanted = parseGraph(text);
      await graphs.put(graphHash(wanted), wanted);
      return graphHash(wanted);
    },
    /** Journals as another process would open them. */
    other: async () => createFileJournalStore(layout),
    /** Makes a trigger whose job is the graph of one node. */
    async set(engine: ServedEngine, name: string, definition: Partial<TriggerDefinition>): Promise<string> {
      const hash = graphHash(graph);
      await engine.graphs.put(hash, graph);
      const id = triggerIdOf(OWNER, name);
      const source = { kind: 'event' as const, pattern: { source: ['git'] } };
      const job = { graphHash: hash, priority: 'normal' as const, pool: 'default' };
      const set = { name, source, overlap: 'allow' as const, job, ...definition };
      await engine.streams.ask(
        { to: triggerAt(id), message: { type: 'set', owner: OWNER, definition: set } },
        { id: `set/${name}`, actor: { kind: 'user', id: OWNER } },
      );
      return id;
    },
    /** Jobs in the list, oldest first. */
    async jobs({ lists }: ServedEngine) {
      return (await lists.jobs.list({ owner: OWNER, limit: 1_000 })).jobs.reverse();
    },
  };
}

/** Lets the disk work, and time pass where something waits for it, until a condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  step: () => unknown = () => undefined,
): Promise<void> {
  for (let i = 0; i < 3_000; i++) {
    if (await condition()) return;
    await pause();
    step();
  }
  throw new Error('waited in vain');
}

/** Long enough for a write to the disk to get on. */
export const pause = (ms = 2): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
