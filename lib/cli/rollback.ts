import type { Command } from 'commander';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createJobClient } from '../adapters/http/job-client';
import { RepriseError } from '../core/errors';
import type { RollbackOrder } from '../core/job/events';
import { planRollback } from '../core/job/rollback-plan';
import { present } from '../core/model/present';
import { askWhoHas, type ConnectOptions, withConnection } from './connect';
import { type GoOnOptions, goOnWith, withGoOnOptions } from './go-on';
import { wholeNumber } from './numbers';
import { layoutAt, parseJobId } from './options';
import { print } from './print';
import type { RunResult } from './render/result';
import { readJob } from './resume-plan';

type Options = GoOnOptions &
  ConnectOptions & { readonly reason: string; readonly to?: number; readonly dryRun?: boolean };

/** `reprise rollback JOB`: undoes what the nodes of a job did, what was complete last first. */
export function registerRollback(program: Command): void {
  withConnection(withGoOnOptions(program.command('rollback')))
    .description(
      'undo what a job did, by the `compensate` of its nodes: by the engine that has the job, or else here; one that runs is cancelled first',
    )
    .argument('<job>', 'the id of the job', parseJobId)
    .option(
      '--to <seq>',
      'keep what was complete at this event of its journal',
      wholeNumber('--to', { least: 0 }),
    )
    .option('--reason <text>', 'why; the journal keeps it', 'rolled back from the command line')
    .option('--dry-run', 'list what would be undone, in order, and undo nothing')
    .action(rollBack);
}

async function rollBack(jobId: string, options: Options): Promise<void> {
  const { reason, to, json, dryRun } = options;
  const order = { reason, ...present({ to }) };
  if (dryRun) return print({ json }, await planned(jobId, order, options), plannedText);
  const asked = await askWhoHas(createJobClient, options, (client) => client.rollBack(jobId, order));
  if (asked === undefined) {
    return goOnWith(jobId, options, (runtime) => runtime.rollBack(jobId, order), { isGood: isUndone });
  }
  const { status } = asked;
  const text = `job ${jobId} is asked to undo what it did (it is ${status})\n`;
  print({ json }, { jobId, status }, () => text);
}

/** The job itself has failed or is cancelled; its rollback went well where nothing is left for a person. */
const isUndone = ({ rollback }: RunResult): boolean => (rollback?.parked.length ?? 0) === 0;

interface Planned {
  readonly jobId: string;
  /** In the order in which a machine of one slot undoes them. */
  readonly steps: readonly { readonly node: string; readonly run: string }[];
}

/** A journal can be read while another process writes it. */
async function planned(jobId: string, order: RollbackOrder, { api, journal }: Options): Promise<Planned> {
  if (api !== undefined) {
    throw new RepriseError('INPUT_INVALID', '--dry-run reads the journal of this machine: leave --api out');
  }
  const layout = layoutAt(journal);
  await assertFound(layout, jobId);
  const stores = { journal: createFileJournalStore(layout), graphs: createFileGraphStore(layout.graphs) };
  const { index, state } = await readJob(stores, jobId);
  const steps = planRollback(index, state, order).map(({ id, spec }) => ({
    node: id,
    run: spec.compensate ?? '',
  }));
  return { jobId, steps };
}

function plannedText({ jobId, steps }: Planned): string {
  const lines = steps.map(({ node, run }, i) => `${String(i + 1).padStart(4)}  ${node}  ${run}\n`);
  return lines.length === 0 ? `job ${jobId}: there is nothing to undo\n` : lines.join('');
}
