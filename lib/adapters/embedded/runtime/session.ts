import { fixed } from '../../../core/configuration/layers';
import { planOf } from '../../../core/dag/plan/plan-only';
import type { JobEvent } from '../../../core/job/events';
import type { Recorded } from '../../../core/journal/envelope';
import { present } from '../../../core/model/present';
import type { HistoryStore } from '../../../core/ports/history';
import type { Secrets } from '../../../core/ports/secrets';
import { createEvaluatorPool } from '../../evaluator/pool';
import { SYSTEM } from '../../system';
import { createFileGraphStore } from '../disk/graph-store';
import type { FileJournalStore } from '../disk/journal-store';
import type { Layout } from '../disk/layout';
import type { RunRecord } from '../disk/run-record';
import { createProcessExecutor } from '../process/executor';
import { localWorker } from './runnable';
import { createEmbeddedRuntime, type EmbeddedRuntime } from './runtime';

export interface SessionOptions {
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly record: RunRecord;
  /** Variables that commands see beside the common ones. */
  readonly env: Readonly<Record<string, string>>;
  /** What this machine knows of secrets. */
  readonly secrets: Secrets;
  readonly history: HistoryStore;
  readonly onEvents: (events: readonly Recorded<JobEvent>[]) => void;
}

export interface Session {
  readonly runtime: EmbeddedRuntime;
  /** Ends every command this machine runs for the job, without giving it time. */
  readonly killAll: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The embedded runtime on real files, real processes and the real clock. The journal stays the caller's. */
export function openSession(options: SessionOptions): Session {
  const { layout, journal, record, env, secrets, history, onEvents } = options;
  const { clock, random } = SYSTEM;
  const { cwd, suites } = record;
  const conditions = createEvaluatorPool();
  const runtime = createEmbeddedRuntime({
    ...{ journal, history, clock, random, conditions },
    graphs: createFileGraphStore(layout.graphs),
    executor: (onReport) =>
      createProcessExecutor({ dir: layout.jobs, onReport, clock, suites, cwd, env, secrets }),
    compile: planOf,
    workers: [localWorker(record)],
    configuration: fixed(present({ dependencies: record.policies })),
    onEvents: (_, events) => onEvents(events),
  });
  return {
    runtime,
    killAll: () => runtime.executor.killAll('killed: interrupted twice', 0),
    async close() {
      await runtime.close();
      await runtime.executor.close();
      conditions.close();
    },
  };
}
