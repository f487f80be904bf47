import { readAnchors } from '../adapters/embedded/disk/anchors';
import { exists } from '../adapters/embedded/disk/durable';
import { entriesOf } from '../adapters/embedded/disk/entries';
import {
  archivedHead,
  type ExportVerdict,
  exportedEvents,
  lastPoint,
  verifyExport,
} from '../adapters/embedded/disk/export-check';
import { jobNotFound, verifyStream } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createJournalClient, type EventsPage } from '../adapters/http/journal-client';
import { STREAM_ID, STREAM_KINDS, type StreamKind } from '../contract/streams';
import { RepriseError } from '../core/errors';
import { inNewestShape } from '../core/journal/newest';
import { verifyChain } from '../core/journal/verify';
import { type Address, jobAt, streamOf, triggerAt } from '../core/messages/address';
import { present } from '../core/model/present';
import type { JournalStore } from '../core/ports/stores';
import type { TriggerEvent } from '../core/trigger/events';
import { askBy, type ConnectOptions } from './connect';
import { invalid } from './invalid';
import { anchorsFor } from './journal-anchor';
import { layoutAt, parseJobId } from './options';

/** Which stream a command is about: a name, an export, or a month of cleanups. */
export interface StreamOptions extends ConnectOptions {
  readonly file?: string;
  /** The fingerprints that signers of the export may have. */
  readonly key?: readonly string[];
  /** A file of anchors, or a directory of such. */
  readonly anchors?: string;
  readonly cleanup?: string;
}

/** A stream of a journal directory, or of an export. */
export interface NamedStream {
  /** Such as `job/j1`. */
  readonly stream: string;
  /** As the person named it. */
  readonly name: string;
  readonly layout: Layout;
  readonly journal: Pick<JournalStore, 'read' | 'written'>;
  readonly verify: () => Promise<ExportVerdict>;
}

/** What the argument of a command is. */
export const STREAM_ARGUMENT = [
  '[stream]',
  'the id of a job, or KIND/ID: job, trigger (by its name too), dependency, letter, target, pool, cleanup, config, audit',
] as const;

/**
 * The stream that a person names.
 * @throws RepriseError INPUT_INVALID, JOB_NOT_FOUND, TRIGGER_NOT_FOUND, LETTER_NOT_FOUND
 */
export async function namedStream(
  argument: string | undefined,
  options: StreamOptions,
): Promise<NamedStream> {
  const { journal, file, cleanup } = options;
  const names = [argument, file, cleanup].filter((each) => each !== undefined);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw invalid('name a job, or a stream such as trigger/nightly, or an export by --file');
  }
  const layout = layoutAt(journal);
  if (file !== undefined) return exportedStream(layout, file, options);
  if (options.api !== undefined) return servedStream(layout, name, options);
  const stream = cleanup ?? (await streamNamed(layout, name));
  const store = createFileJournalStore(layout);
  return { stream, name, layout, journal: store, verify: () => verifyHere(layout, stream, options) };
}

/** Against the anchors that are named, else those of the directory. */
async function verifyHere(layout: Layout, stream: string, options: StreamOptions): Promise<ExportVerdict> {
  const points = (await anchorsFor(layout, options))?.points(stream) ?? [];
  const verdict = await verifyStream(layout, stream, points);
  return verdict.valid ? { ...verdict, ...present({ anchored: lastPoint(points) }) } : verdict;
}

/** A file that is no export has no stream; what is wrong with it, `verify` says. */
async function exportedStream(
  layout: Layout,
  file: string,
  { anchors, key: keys = [] }: StreamOptions,
): Promise<NamedStream> {
  const verify = async () =>
    verifyExport(file, {
      keys,
      ...(anchors !== undefined && { anchors: await readAnchors(anchors, keys) }),
    });
  const head = (await archivedHead(file))?.head ?? { stream: '', seq: 0, hash: '', at: 0 };
  async function* written(_stream: string, from = 1) {
    for await (const event of exportedEvents(file, head)) if (event.seq >= from) yield event;
  }
  const journal = { written, read: (stream: string, from?: number) => inNewestShape(written(stream, from)) };
  return { stream: head.stream, name: file, layout, journal, verify };
}

/**
 * Of a deployed engine, which gives out the journals of one's jobs and triggers, and to administrators all. Where they end, nobody says but they themselves, and
 * anchors that were downloaded.
 */
async function servedStream(layout: Layout, name: string, options: StreamOptions): Promise<NamedStream> {
  const { kind, id } = parseName(name);
  const pageFrom = (from: number) =>
    askBy(createJournalClient, options, (client) => {
      if (kind === 'job') return client.ofJob(id, from);
      return kind === 'trigger' ? client.ofTrigger(id, from) : client.ofStream({ kind, id }, from);
    });
  async function* written(_stream: string, from = 1) {
    for (let next: number | undefined = from; next !== undefined; ) {
      const page: EventsPage = await pageFrom(next);
      yield* page.events;
      next = page.next;
    }
  }
  // A trigger is called by its name, and its stream is not.
  const [first] = kind === 'trigger' ? (await pageFrom(1)).events : [];
  const stream = first?.stream ?? `${kind}/${id}`;
  const journal = { written, read: (_: string, from?: number) => inNewestShape(written(stream, from)) };
  async function verify(): Promise<ExportVerdict> {
    const { anchors, key } = options;
    const points = anchors === undefined ? [] : (await readAnchors(anchors, key)).points(stream);
    const verdict = await verifyChain(written(stream), stream, undefined, points);
    return verdict.valid ? { ...verdict, ...present({ anchored: lastPoint(points) }) } : verdict;
  }
  return { stream, name, layout, journal, verify };
}

/** @throws RepriseError INPUT_INVALID */
function parseName(name: string): Address<StreamKind> {
  const [kind, id, ...rest] = name.includes('/') ? name.split('/') : ['job', name];
  const known = STREAM_KINDS.find((each) => each === kind);
  if (known === undefined || id === undefined || rest.length > 0) {
    throw invalid(
      `${JSON.stringify(name)} names no stream: write KIND/ID, with one of ${STREAM_KINDS.join(', ')}`,
    );
  }
  if (known === 'job') return jobAt(parseJobId(id));
  if (STREAM_ID.test(id)) return { kind: known, id };
  throw invalid(`${JSON.stringify(name)}: an id is 1 to 64 letters, digits, hyphens or underscores`);
}

async function streamNamed(layout: Layout, name: string): Promise<string> {
  const at = parseName(name);
  const { kind, id } = at;
  if (kind === 'pool') {
    throw invalid(
      `${name}: a pool of this machine is kept in memory, as it follows from the journals of its jobs; name an export by --file`,
    );
  }
  if (exists(layout.stream(streamOf(at)).dir)) return streamOf(at);
  const found = kind === 'trigger' ? await triggersNamed(layout, id) : [];
  const [trigger, another] = found;
  if (trigger === undefined) throw notFound(layout, at);
  if (another !== undefined) {
    const all = found.map((each) => streamOf(triggerAt(each))).join(', ');
    throw invalid(`several triggers are called ${id}: name one of ${all}`);
  }
  return streamOf(triggerAt(trigger));
}

/** Ids of the triggers that are called so, deleted ones included. Each keeps the name with which it was made. */
async function triggersNamed(layout: Layout, name: string): Promise<string[]> {
  const journal = createFileJournalStore(layout);
  const found: string[] = [];
  for (const id of await entriesOf(layout.triggers)) {
    for await (const event of journal.read(streamOf(triggerAt(id)))) {
      const { type, data } = event as TriggerEvent;
      if (type === 'trigger.set' && data.definition.name === name) found.push(id);
      break;
    }
  }
  return found;
}

function notFound(
  layout: Layout,
  { kind, id }: { readonly kind: string; readonly id: string },
): RepriseError {
  if (kind === 'job') return jobNotFound(layout, id);
  const code =
    kind === 'trigger' ? 'TRIGGER_NOT_FOUND' : kind === 'letter' ? 'LETTER_NOT_FOUND' : 'INPUT_INVALID';
  const message = `no ${kind} ${id} in ${layout.root}: check the name, or name the journal directory by --journal`;
  return new RepriseError(code, message, { context: { kind, id, journal: layout.root } });
}

type Named = Pick<NamedStream, 'name' | 'verify'>;

/** How many events it has. @throws RepriseError JOURNAL_CORRUPT where the stream does not verify */
export async function assertVerified(named: Named): Promise<number> {
  return (await verifiedAs(named)).events;
}

/** @throws RepriseError JOURNAL_CORRUPT where the stream does not verify */
export async function verifiedAs({ name, verify }: Named): Promise<ExportVerdict & { readonly valid: true }> {
  const verdict = await verify();
  if (verdict.valid) return verdict;
  const { at: seq, reason } = verdict;
  throw new RepriseError('JOURNAL_CORRUPT', `${name} does not verify at event ${seq}: ${reason}`, {
    context: { seq, reason },
  });
}
