import { createReconciler, type Reconciler } from '../../../core/engine/reconciler';
import type { Clock, SetTimer } from '../../../core/model/time';
import type { EffectPorts } from '../../../core/ports/effects';
import type { TestExecutionEngine } from '../../../core/ports/execution';
import type { ExecutionSighting, ExecutionSightings } from '../../../core/ports/sightings';
import type { JournalStore } from '../../../core/ports/stores';
import type { StreamReader } from '../../../core/ports/streams';
import { executorSightings } from '../../memory/sightings';
import { realTimer } from '../../system';

export interface LocalReconcilerDeps {
  readonly ports: EffectPorts;
  readonly journal: Pick<JournalStore, 'read'>;
  /** The walks of plans in this process. */
  readonly walks: {
    readonly sighting: (
      jobId: string,
    ) => Extract<ExecutionSighting['status'], 'running' | 'unstarted' | 'stopped'>;
    readonly forget: (jobId: string) => void;
    readonly start: (jobId: string, graphHash: string, run: number) => Promise<void>;
  };
  readonly executor: Pick<TestExecutionEngine, 'status' | 'results'>;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
}

/** Makes reconcilers of this process. */
export type LocalReconciler = (options: {
  /** What is younger counts as under way, milliseconds. */
  readonly graceMs: number;
  readonly streams: StreamReader;
  /** Hears of everything that is repaired, and of what could not be looked at. */
  readonly warn: (message: string, of: Readonly<Record<string, unknown>>) => void;
}) => Reconciler;

/** Between two looks, in milliseconds: mailboxes are emptied within some of them. */
const PAUSE_MS = 250;

/** The reconciler over the mailboxes, the walks and the executor of one process. */
export function localReconciler(deps: LocalReconcilerDeps): LocalReconciler {
  const { clock, setTimer = realTimer, walks, executor, journal, ports } = deps;
  const workers = executorSightings(executor, { running: () => [], answers: () => true });
  const pause = () => new Promise<void>((resolve) => void setTimer(resolve, PAUSE_MS));
  return ({ graceMs, streams, warn }) => {
    const common = { ports, journal, workers, clock, graceMs, pause, log: { warn } };
    return createReconciler({ ...common, streams, executions: walkSightings(walks) });
  };
}

/** A walk never ends by itself. One that is stopped here begins anew, where the job stands. */
function walkSightings(walks: LocalReconcilerDeps['walks']): ExecutionSightings {
  return {
    async of(jobId, run) {
      const status = walks.sighting(jobId);
      return status === 'running' ? { status, id: `${run}/${jobId}` } : { status };
    },
    async *running() {},
    async stop(id) {
      const [run = '', jobId = ''] = id.split('/');
      walks.forget(jobId);
      await walks.start(jobId, '', Number(run));
    },
  };
}
