import { type Command, Option } from 'commander';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { createFileHistory } from '../adapters/embedded/disk/history';
import { assertFound, assertJournal } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createJobClient } from '../adapters/http/job-client';
import { SYSTEM } from '../adapters/system';
import { unclassified } from '../api/reclassify';
import { createEngine } from '../core/engine/engine';
import { createKinds } from '../core/engine/kinds';
import { performEffect } from '../core/engine/perform';
import { isRepriseError, RepriseError } from '../core/errors';
import type { JobEvent } from '../core/job/events';
import { jobAt, streamOf } from '../core/messages/address';
import type { JobMessage } from '../core/messages/job';
import { FAILURE_CLASSES, type FailureClass } from '../core/model/failure';
import { isOver } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { EffectPorts } from '../core/ports/effects';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { wholeNumber } from './numbers';
import { currentUser, layoutAt, parseJobId } from './options';
import { print } from './print';

interface Options extends ConnectOptions {
  readonly class: FailureClass;
  readonly reason: string;
  readonly attempt?: number;
  readonly forEveryone?: boolean;
  readonly json?: boolean;
}

/** `reprise correct JOB NODE`: says what the failure of an attempt was, now and for its like. */
export function registerCorrect(program: Command): void {
  withConnection(program.command('correct'))
    .description('say of what class a failure was; it holds for failures of the same signature from then on')
    .argument('<job>', 'the id of the job', parseJobId)
    .argument('<node>', 'the id of the node')
    .addOption(
      new Option('--class <class>', 'what it was').choices([...FAILURE_CLASSES]).makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'how you know')
    .option('--attempt <n>', 'which attempt; the last that failed by default', wholeNumber('--attempt'))
    .option('--for-everyone', 'not for your failures alone; for administrators')
    .option('--json', 'print one JSON document')
    .action(correct);
}

async function correct(jobId: string, nodeId: string, options: Options): Promise<void> {
  const { class: failureClass, reason } = options;
  const attempt =
    (await correctedElsewhere(jobId, nodeId, options)) ?? (await correctHere(jobId, nodeId, options));
  const said = { jobId, nodeId, attempt, class: failureClass, reason };
  const text = `attempt ${attempt} of ${nodeId} was ${failureClass}: ${reason}\n`;
  print(options, said, () => text);
}

/** The attempt, where a deployed engine or a daemon has the job. */
async function correctedElsewhere(
  jobId: string,
  nodeId: string,
  options: Options,
): Promise<number | undefined> {
  try {
    return await askBy(createJobClient, options, async (client) => {
      const attempt = options.attempt ?? lastFailed((await client.explain(jobId, nodeId)).attempts, nodeId);
      const { class: failureClass, reason, forEveryone } = options;
      const body = { class: failureClass, reason, ...present({ for_everyone: forEveryone }) };
      await client.reclassify(jobId, { nodeId, attempt }, body);
      return attempt;
    });
  } catch (error) {
    const isOurs = isRepriseError(error, 'INPUT_INVALID') && error.problems.length === 0;
    if (options.api === undefined && (isOurs || isRepriseError(error, 'JOB_NOT_FOUND'))) return undefined;
    throw error;
  }
}

function lastFailed(
  attempts: readonly { attempt: number; end?: string | undefined }[],
  nodeId: string,
): number {
  const last = attempts.filter(({ end }) => end === 'failed').at(-1);
  if (last) return last.attempt;
  throw new RepriseError('INPUT_INVALID', `no attempt of ${nodeId} has failed: there is nothing to correct`);
}

/** In the journal of a job that was run here and is over. */
async function correctHere(jobId: string, nodeId: string, options: Options): Promise<number> {
  const layout = layoutAt(options.journal);
  await assertFound(layout, jobId);
  const journal = createFileJournalStore(layout);
  try {
    await journal.own(jobId);
    await assertJournal(layout, jobId);
    const attempt = options.attempt ?? (await lastFailedIn(journal, jobId, nodeId));
    const engine = engineOver(layout, journal);
    if (!isOver((await engine.view(jobAt(jobId))).state.status)) throw stillRuns(jobId);
    const { class: failureClass, reason } = options;
    const by = currentUser();
    const message: JobMessage = {
      ...{ type: 'reclassify', nodeId, attempt, class: failureClass, reason, by, askedAt: Date.now() },
    };
    const actor = { kind: 'user', id: by } as const;
    const events = await engine.handle(jobAt(jobId), [{ id: `reclassify/${Date.now()}`, actor, message }]);
    if (events.length === 0) throw unclassified({ nodeId, attempt });
    return attempt;
  } finally {
    await journal.close();
  }
}

function engineOver(layout: Layout, journal: ReturnType<typeof createFileJournalStore>) {
  const { clock, random } = SYSTEM;
  const history = createFileHistory(layout);
  const judge = () => Promise.reject(new Error('a job that is over has no conditions'));
  const conditions = { judge, judgeEach: judge };
  const graphs = createFileGraphStore(layout.graphs);
  const kinds = createKinds({ journal, graphs, random, conditions });
  return createEngine(
    {
      ...{ journal, clock, random, soleWriter: true },
      async perform(effects) {
        // A job that is over asks for nothing else.
        for (const effect of effects) await performEffect({ history } as unknown as EffectPorts, effect);
      },
    },
    kinds,
  );
}

async function lastFailedIn(
  journal: ReturnType<typeof createFileJournalStore>,
  jobId: string,
  nodeId: string,
): Promise<number> {
  const attempts: { attempt: number; end: string }[] = [];
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    const { type, data } = event as JobEvent;
    if (type === 'attempt.failed' && data.nodeId === nodeId)
      attempts.push({ attempt: data.attempt, end: 'failed' });
  }
  return lastFailed(attempts, nodeId);
}

function stillRuns(jobId: string): RepriseError {
  const message = `job ${jobId} is not over: correct it when it is, or ask the engine that runs it by --api`;
  return new RepriseError('INPUT_INVALID', message);
}
