import { nextTurn } from '../../../../../../lib/adapters/embedded/runtime/mailbox';
import { localWorker } from '../../../../../../lib/adapters/embedded/runtime/runnable';
import {
  createEmbeddedRuntime,
  type EmbeddedRuntime,
} from '../../../../../../lib/adapters/embedded/runtime/runtime';
import { memoryConditions } from '../../../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../../../lib/adapters/memory/journal-store';
import {
  createMemoryMachine,
  type MemoryMachine,
  type Script,
} from '../../../../../../lib/adapters/memory/machine';
import { createVirtualTime, type VirtualTime } from '../../../../../../lib/adapters/memory/virtual-time';
import type { Graph } from '../../../../../../lib/core/dag/graph';
import { planOf } from '../../../../../../lib/core/dag/plan/plan-only';
import type { EngineDeps } from '../../../../../../lib/core/engine/stream-engine';
import { RepriseError } from '../../../../../../lib/core/errors';
import type { JobEvent } from '../../../../../../lib/core/job/events';
import type { Recorded } from '../../../../../../lib/core/journal/envelope';
import type { Worker } from '../../../../../../lib/core/messages/pool';
import type { AttemptRef } from '../../../../../../lib/core/model/attempt';
import type { GraphStore, JournalStore } from '../../../../../../lib/core/ports/stores';
import type { JobFold } from '../../../../../../lib/core/ports/streams';

export const JOB = 'j1';

/** What survives the death of a process: the journal, the graphs, the machine and time. */
export interface EmbeddedWorld {
  readonly time: VirtualTime;
  readonly machine: MemoryMachine;
  readonly journal: JournalStore;
  /** A process: the runtime on this world. */
  readonly boot: (options?: {
    journal?: JournalStore;
    workers?: readonly Worker[];
    executor?: MemoryMachine['executor'];
    onMeasured?: EngineDeps['onMeasured'];
  }) => EmbeddedRuntime;
  /** Lets time pass until the job is over or its runtime has failed. */
  readonly toEnd: (runtime: EmbeddedRuntime) => Promise<JobFold>;
  /** Lets what is under way settle, without time passing. */
  readonly settle: () => Promise<void>;
  readonly events: () => Promise<Recorded<JobEvent>[]>;
}

export function createEmbeddedWorld(script: (ref: AttemptRef) => Script): EmbeddedWorld {
  const time = createVirtualTime(1_000_000);
  const machine = createMemoryMachine(time.setTimer, script);
  const journal = createMemoryJournalStore();
  const graphs = memoryGraphs();

  async function settle(): Promise<void> {
    for (let i = 0; i < 30; i++) await nextTurn();
  }

  return {
    time,
    machine,
    journal,
    settle,
    boot: (options = {}) =>
      createEmbeddedRuntime({
        journal: options.journal ?? journal,
        graphs,
        executor: options.executor ?? machine.executor,
        compile: planOf,
        conditions: memoryConditions,
        workers: options.workers ?? [localWorker({ slots: 2 })],
        clock: time.now,
        random: () => 0.5,
        setTimer: time.setTimer,
        onMeasured: options.onMeasured,
      }),
    async toEnd(runtime) {
      let over: { view?: JobFold; error?: unknown } | undefined;
      runtime.finished(JOB).then(
        (view) => {
          over = { view };
        },
        (error: unknown) => {
          over = { error };
        },
      );
      for (let steps = 0; steps < 10_000; steps++) {
        await settle();
        if (over?.view) return over.view;
        if (over) throw over.error;
        if (!time.next()) throw new Error('nothing is left to wait for, and the job is not over');
      }
      throw new Error('the job does not end');
    },
    async events() {
      const events: Recorded<JobEvent>[] = [];
      for await (const event of journal.read(`job/${JOB}`)) events.push(event as Recorded<JobEvent>);
      return events;
    },
  };
}

function memoryGraphs(): GraphStore {
  const graphs = new Map<string, Graph>();
  return {
    async put(hash, graph) {
      graphs.set(hash, graph);
    },
    async get(hash) {
      const graph = graphs.get(hash);
      if (!graph) throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash}`);
      return graph;
    },
  };
}

/** Thrown where a process dies. */
export class Crash extends Error {}

/** A journal whose process dies at the `n`-th append, before or after it is durable. */
export function crashingJournal(journal: JournalStore, n: number, when: 'before' | 'after'): JournalStore {
  let appends = 0;
  return {
    ...journal,
    async append(stream, expected, events, listing) {
      appends += 1;
      if (appends === n && when === 'before') throw new Crash();
      await journal.append(stream, expected, events, listing);
      if (appends === n) throw new Crash();
    },
  };
}
