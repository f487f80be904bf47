import { ulid } from 'ulid';
import { hasJournal } from '../adapters/embedded/disk/journal-check';
import { readHead } from '../adapters/embedded/disk/journal-head';
import type { Layout } from '../adapters/embedded/disk/layout';
import { loadRunRecord } from '../adapters/embedded/disk/run-record';
import { createLetterClient } from '../adapters/http/letter-client';
import { lettersConflict } from '../api/letters';
import { letterGroupBody } from '../api/views/letters';
import type { ChangedLetters, RedriveLettersRequest, ResolveLettersRequest } from '../contract/letters';
import { type Eligible, redrivable, resolvable } from '../core/dlq/eligible';
import type { GroupState } from '../core/dlq/state';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { letterAt } from '../core/messages/address';
import type { LetterMessage } from '../core/messages/letter';
import { parseDuration } from '../core/model/duration';
import { isOver } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { ReadOnly } from '../core/model/read-only';
import { askBy, type ConnectOptions } from './connect';
import { type GoOnOptions, goOnWith } from './go-on';
import { type LocalLetters, localLetters } from './letter-desk';
import { currentUser, layoutAt } from './options';

export type DriveOptions = GoOnOptions & ConnectOptions;

/** Letters of one job, and whether a daemon has it. */
interface OfJob {
  readonly jobId: string | undefined;
  readonly letters: readonly string[];
  readonly host: 'daemon' | 'here' | 'gone';
}

/**
 * Redrives letters of the journal directory: by the daemon that has their jobs, or else here, one job after the other. A
 * canary is the first letter of all; where it does not end well, the others stay where they are.
 */
export async function redriveHere(
  group: string,
  request: RedriveLettersRequest,
  options: DriveOptions,
): Promise<ChangedLetters> {
  const layout = layoutAt(options.journal);
  const letters = localLetters(layout);
  const state = await letters.view(group);
  const force = request.force ? { force: true as const } : {};
  const eligible = redrivable(state, { ...force, ...present({ letters: request.letters }) });
  const jobs = await byJob(layout, state, kept(eligible));
  const gone = jobs.find(({ host }) => host === 'gone');
  if (gone) {
    const message = `job ${gone.jobId} is not in this journal any more: resolve its letters with --how abort`;
    throw new RepriseError('JOB_NOT_FOUND', message, { context: { jobId: gone.jobId } });
  }
  const order = { ...inputOf(request), ...force, by: currentUser(), reason: request.reason ?? 'by request' };
  for (const { jobId, letters: ids, host } of batches(jobs, request.mode ?? 'canary')) {
    if (host === 'daemon') await askDaemon(options, group, { ...request, letters: [...ids], mode: 'all' });
    else {
      const message = { type: 'redrive' as const, orderId: ulid(), letters: [...ids], mode: 'all' as const };
      // Jobs end in this process: nothing of an order may be put off.
      await driven(jobId as string, { group, options }, { ...message, ...order, perMinute: MOST });
    }
    if (request.mode !== 'all' && host === 'here' && !(await endedWell(letters, group, ids))) break;
  }
  return { ...letterGroupBody(group, await letters.view(group)), ...present({ left: eligible.left }) };
}

const MOST = LIMITS.redrivesPerMinute;

/** Resolves letters of the journal directory; what was skipped because of them runs, where their jobs are. */
export async function resolveHere(
  group: string,
  request: ResolveLettersRequest,
  options: DriveOptions,
): Promise<ChangedLetters> {
  const layout = layoutAt(options.journal);
  const letters = localLetters(layout);
  const state = await letters.view(group);
  const { how, outputs, reason = 'by request' } = request;
  const eligible = resolvable(state, { how, ...present({ letters: request.letters }) });
  for (const { jobId, letters: ids, host } of await byJob(layout, state, kept(eligible))) {
    const by = currentUser();
    const message = { type: 'resolve' as const, letters: [...ids], how, by, reason, ...present({ outputs }) };
    if (host === 'daemon') {
      await askBy(createLetterClient, options, (client) =>
        client.resolve(group, { ...request, letters: [...ids] }),
      );
    } else if (host === 'gone' || (how === 'abort' && (await hasEnded(layout, jobId as string)))) {
      await letters.tell(group, message);
    } else await driven(jobId as string, { group, options }, message);
  }
  return { ...letterGroupBody(group, await letters.view(group)), ...present({ left: eligible.left }) };
}

/** Whether all of these letters came to a good end by their redrive. */
async function endedWell(
  letters: Pick<LocalLetters, 'view'>,
  group: string,
  ids: readonly string[],
): Promise<boolean> {
  const state = await letters.view(group);
  return ids.every((id) => state.letters.get(id)?.resolved?.how === 'retried');
}

/** @throws RepriseError LETTER_CONFLICT */
function kept({ letters, refusal }: Eligible): readonly string[] {
  if (refusal !== undefined) throw lettersConflict(refusal);
  return letters;
}

/** The order of jobs is that of their letters. */
async function byJob(
  layout: Layout,
  { letters }: ReadOnly<GroupState>,
  ids: readonly string[],
): Promise<OfJob[]> {
  const jobs = new Map<string | undefined, string[]>();
  for (const id of ids) {
    const jobId = letters.get(id)?.jobId;
    jobs.set(jobId, [...(jobs.get(jobId) ?? []), id]);
  }
  return Promise.all(
    [...jobs].map(async ([jobId, of]) => ({ jobId, letters: of, host: await hostOf(layout, jobId) })),
  );
}

async function hostOf(layout: Layout, jobId: string | undefined): Promise<OfJob['host']> {
  if (jobId === undefined || !(await hasJournal(layout, jobId))) return 'gone';
  return (await loadRunRecord(layout, jobId)).served === undefined ? 'here' : 'daemon';
}

/** With a canary, its letter comes alone. */
function batches(jobs: readonly OfJob[], mode: 'canary' | 'all'): OfJob[] {
  const [first, ...rest] = jobs;
  if (!first || mode === 'all' || first.letters.length === 1) return [...jobs];
  const [canary, ...others] = first.letters;
  return [{ ...first, letters: [canary as string] }, { ...first, letters: others }, ...rest];
}

async function askDaemon(options: DriveOptions, group: string, request: RedriveLettersRequest) {
  await askBy(createLetterClient, options, (client) => client.redrive(group, request));
}

/** Tells letters of a job something, and runs the job to its end with what follows. */
function driven(
  jobId: string,
  { group, options }: { readonly group: string; readonly options: DriveOptions },
  message: LetterMessage,
): Promise<void> {
  // What is printed as one document is the group.
  const how = options.json ? { ...options, silent: true as const } : options;
  return goOnWith(jobId, how, (runtime) => runtime.tellLetters(jobId, { to: letterAt(group), message }));
}

async function hasEnded(layout: Layout, jobId: string): Promise<boolean> {
  const listing = (await readHead(layout.head(jobId)))?.listing;
  return listing?.kind === 'job' && isOver(listing.status);
}

function inputOf({
  input,
}: RedriveLettersRequest): Pick<Extract<LetterMessage, { type: 'redrive' }>, 'input'> {
  if (!input) return {};
  const { run, parameters, timeout } = input;
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  return { input: present({ run, parameters, timeoutMs }) };
}
