import { basename, join, relative } from 'node:path';
import { dayEnd } from '../../../core/audit/streams';
import { LETTERS_WAIT } from '../../../core/cleanup/retention';
import { letterKind } from '../../../core/engine/kinds';
import { jobsAwaiting } from '../../../core/engine/parked-letters';
import { createReader } from '../../../core/engine/reader';
import { parseLine } from '../../../core/journal/line';
import { letterAt } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { Leftover, Survey } from '../../../core/ports/cleanup';
import type { TriggerEvent } from '../../../core/trigger/events';
import { wholeLines } from '../disk/journal-lines';
import { createFileJournalStore } from '../disk/journal-store';
import { showLate } from '../disk/late-requests';
import type { Layout } from '../disk/layout';
import { lockOwner, ownersOf } from '../disk/lock';
import { isAlive } from '../disk/process-identity';
import { entriesIn, extentOf, statOf } from './files';
import { hashesIn, jobFacts } from './job-facts';

/** Names under which `replaceFile` and its like write what is to replace a file. */
const DRAFT = /\.\d+(?:-\d+)?\.tmp$/;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Most events of a trigger are of no job, and need not be parsed. */
const OF_JOBS = /"type":"trigger\.(?:fired|jobEnded|jobRefused)"/;
const GRAPH = /^([0-9a-f]{64})\.json$/;

/** Of some place: what may be left over there, and what is none of ours. */
type Found = Pick<Survey, 'leftovers' | 'foreign'>;

/** What a journal directory holds that may not be needed any more. Changes nothing, and follows no link. */
export async function surveyOf(layout: Layout): Promise<Survey> {
  const heard = await eachStream(layout, readHeard);
  const awaited = new Set(heard.flatMap((each) => [...each.awaited]));
  const parked = await parkedIn(layout);
  const found = [
    await trashIn(layout),
    await jobsIn(layout, { awaited, parked }),
    await workspacesIn(layout),
    await auditDaysIn(layout),
    await graphsIn(layout),
    await straysIn(layout, layout.root),
    ...(await eachStream(layout, (dir) => straysIn(layout, dir))),
  ];
  return {
    leftovers: found.flatMap(({ leftovers }) => leftovers),
    foreign: found.flatMap(({ foreign }) => foreign),
    neededGraphs: [...new Set(heard.flatMap(({ hashes }) => [...hashes]))],
    isComplete: true,
  };
}

/** Of every trigger, dependency, group of letters and target, which are never left over. */
async function eachStream<T>(
  { triggers, dependencies, letters, targets }: Layout,
  what: (dir: string) => Promise<T>,
): Promise<T[]> {
  const all: T[] = [];
  for (const place of [triggers, dependencies, letters, targets])
    for (const entry of await entriesIn(place))
      if (entry.isDirectory()) all.push(await what(join(place, entry.name)));
  return all;
}

interface Heard {
  /** What may be hashes of graphs. */
  readonly hashes: ReadonlySet<string>;
  /** Jobs of a trigger whose end it has not heard of: without them it would have them run again. */
  readonly awaited: ReadonlySet<string>;
}

/** @throws RepriseError JOURNAL_CORRUPT: what a trigger waits for is then not known, and nothing is removed. */
async function readHeard(dir: string): Promise<Heard> {
  const hashes = new Set<string>();
  const awaited = new Set<string>();
  for await (const line of wholeLines(join(dir, 'journal.jsonl'))) {
    for (const hash of hashesIn(line.text)) hashes.add(hash);
    if (!OF_JOBS.test(line.text)) continue;
    const event = parseLine(line, basename(dir)) as unknown as TriggerEvent;
    if (event.type === 'trigger.fired') awaited.add(event.data.jobId);
    else if (event.type === 'trigger.jobEnded' || event.type === 'trigger.jobRefused')
      awaited.delete(event.data.jobId);
  }
  return { hashes, awaited };
}

async function trashIn({ trash }: Layout): Promise<Found> {
  const leftovers: Leftover[] = [];
  for (const { name } of await entriesIn(trash)) {
    const { bytes, changedAt } = await extentOf(join(trash, name));
    leftovers.push({ kind: 'halfRemoved', id: name, bytes, idleSince: changedAt });
  }
  return { leftovers, foreign: [] };
}

/** Jobs with letters that are not resolved. */
async function parkedIn(layout: Layout): Promise<ReadonlySet<string>> {
  const reader = createReader(
    { journal: createFileJournalStore(layout), snapshots: { load: async () => undefined } },
    { letter: letterKind },
  );
  const jobs = new Set<string>();
  for (const entry of await entriesIn(layout.letters)) {
    if (!entry.isDirectory()) continue;
    const { state } = await reader.view(letterAt(entry.name));
    for (const jobId of jobsAwaiting(state)) jobs.add(jobId);
  }
  return jobs;
}

/** Jobs that others count on. */
interface Needed {
  readonly awaited: ReadonlySet<string>;
  readonly parked: ReadonlySet<string>;
}

async function jobsIn(layout: Layout, { awaited, parked }: Needed): Promise<Found> {
  await showLate(layout);
  const found: Found & { leftovers: Leftover[]; foreign: string[] } = { leftovers: [], foreign: [] };
  for (const entry of await entriesIn(layout.jobs)) {
    const facts = entry.isDirectory() && ID.test(entry.name) ? await jobFacts(layout, entry.name) : undefined;
    const needed = awaited.has(entry.name)
      ? 'its trigger has not heard of its end'
      : parked.has(entry.name)
        ? LETTERS_WAIT
        : undefined;
    const inUse = needed ?? facts?.inUse;
    if (facts) found.leftovers.push({ ...facts, ...present({ inUse }) });
    else found.foreign.push(place(layout, join(layout.jobs, entry.name)));
  }
  return found;
}

/** Days of the audit trail. They are idle from their end on, whoever wrote last. */
async function auditDaysIn(layout: Layout): Promise<Found> {
  const found: Found & { leftovers: Leftover[]; foreign: string[] } = { leftovers: [], foreign: [] };
  for (const entry of await entriesIn(layout.audit)) {
    const path = join(layout.audit, entry.name);
    const idleSince = entry.isDirectory() ? dayEnd(entry.name) : undefined;
    if (idleSince === undefined) found.foreign.push(place(layout, path));
    else
      found.leftovers.push({
        ...{ kind: 'auditDay', id: entry.name, idleSince, bytes: (await extentOf(path)).bytes },
      });
  }
  return found;
}

async function graphsIn(layout: Layout): Promise<Found> {
  const found: Found & { leftovers: Leftover[]; foreign: string[] } = { leftovers: [], foreign: [] };
  for (const entry of await entriesIn(layout.graphs)) {
    const path = join(layout.graphs, entry.name);
    const hash = GRAPH.exec(entry.name)?.[1];
    const { bytes, changedAt } = await extentOf(path);
    if (entry.isFile() && hash !== undefined)
      found.leftovers.push({ kind: 'graph', id: hash, bytes, idleSince: changedAt });
    else if (entry.isFile() && DRAFT.test(entry.name))
      found.leftovers.push({ kind: 'draft', id: place(layout, path), bytes, idleSince: changedAt });
    else found.foreign.push(place(layout, path));
  }
  return found;
}

/** Locks of the dead, and drafts. What else is there belongs to somebody, or is ours and stays. */
async function straysIn(layout: Layout, dir: string): Promise<Found> {
  const leftovers: Leftover[] = [];
  for (const entry of await entriesIn(dir)) {
    if (!entry.isFile()) continue;
    const owner = lockOwner(entry.name);
    const kind = DRAFT.test(entry.name) ? 'draft' : owner && !isAlive(owner) ? 'lock' : undefined;
    if (kind === undefined) continue;
    const path = join(dir, entry.name);
    const { bytes, changedAt } = await extentOf(path);
    leftovers.push({ kind, id: place(layout, path), bytes, idleSince: changedAt });
  }
  return { leftovers, foreign: [] };
}

/** What agents keep of the attempts of each job, unless the engine has not taken the end of one yet. */
async function workspacesIn(layout: Layout): Promise<Found> {
  const leftovers: Leftover[] = [];
  for (const agent of await entriesIn(layout.agents)) {
    if (!agent.isDirectory()) continue;
    const dir = join(layout.agents, agent.name);
    for (const job of await entriesIn(join(dir, 'jobs'))) {
      if (!job.isDirectory() || !ID.test(job.name)) continue;
      const facts = await workspaceFacts(layout, dir, job.name);
      if (facts) leftovers.push(facts);
    }
  }
  return { leftovers, foreign: [] };
}

/** @param dir of the agent. @returns undefined where there is none. */
export async function workspaceFacts(
  layout: Layout,
  dir: string,
  jobId: string,
): Promise<Leftover | undefined> {
  const path = join(dir, 'jobs', jobId);
  if (!(await statOf(path))?.isDirectory()) return undefined;
  const [owner] = ownersOf(dir);
  const open = (await entriesIn(join(dir, 'open'))).filter(({ name }) => name.startsWith(`${jobId}.`));
  const { bytes, changedAt } = await extentOf(path);
  const inUse =
    open.length > 0
      ? 'the engine has not taken the end of an attempt yet'
      : owner && `the agent of process ${owner.pid} works there`;
  const id = place(layout, path);
  return { kind: 'workspace', id, bytes, idleSince: changedAt, ...present({ inUse }) };
}

/** Where something is in the journal directory, with slashes on every system. */
function place({ root }: Layout, path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
