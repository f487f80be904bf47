import { createArchivedGraphs } from '../adapters/embedded/disk/archived-graphs';
import { memoryConditions } from '../adapters/memory/conditions';
import { timeOf } from '../api/views/time';
import { createKinds } from '../core/engine/kinds';
import { type Replayed, replay } from '../core/engine/replay';
import { type Point, upTo } from '../core/journal/point';
import { type Address, addressOf, isStreamKind } from '../core/messages/address';
import { jsonChanges } from '../core/model/json-changes';
import { type JobThen, jobChanges, jobThen } from '../core/projections/job-changes';
import { invalid } from './invalid';
import { jobViewOf } from './job-view';
import { assertVerified, type NamedStream, namedStream, type StreamOptions } from './journal-stream';
import { print } from './print';
import { jobDiffText, jobThenText, type Span, streamDiffText } from './render/journal';
import { colorsFor } from './render/style';

export interface ReplayOptions extends StreamOptions {
  readonly at?: Point;
  readonly json?: boolean;
}

export interface DiffOptions extends StreamOptions {
  readonly from: Point;
  readonly to?: Point;
  readonly json?: boolean;
}

/** Parses what `--at`, `--from` and `--to` take. */
export function parsePoint(option: string): (text: string) => Point {
  return (text) => {
    if (/^[1-9]\d{0,14}$/.test(text)) return { seq: Number(text) };
    const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return { at };
    throw invalid(
      `${option} is the sequence of an event, from 1, or a time with its zone such as 2026-11-29T18:00:00.000Z, not ${JSON.stringify(text)}`,
    );
  };
}

/** A time without a zone would be another one on another machine. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** `reprise journal replay`: a stream as it was at a point of its past. */
export async function replayJournal(argument: string | undefined, options: ReplayOptions): Promise<void> {
  const past = await pastOf(argument, options);
  const then = await past.at(options.at);
  const { seq, at } = then.last;
  const { address, events } = past;
  if (isJob(then, address) && !options.json) {
    const { index, state } = then.view;
    const where = { jobId: address.id, graph: index.graph.name, seq, at, events };
    process.stdout.write(jobThenText(jobThen(index, state), where, colorsFor(process.stdout)));
    return;
  }
  const document = isJob(then, address)
    ? { ...jobViewOf(address.id, then), at: timeOf(at), events }
    : { stream: past.stream, checkpoint: seq, at: timeOf(at), events, fold: then.fold, state: then.state };
  print(options, document, () => `${JSON.stringify(document, null, 2)}\n`);
}

/** `reprise journal diff`: what changed in a stream between two points. */
export async function diffJournal(argument: string | undefined, options: DiffOptions): Promise<void> {
  const past = await pastOf(argument, options);
  const [before, after] = [await past.at(options.from), await past.at(options.to)];
  const [from, to] = [before.last, after.last].map(({ seq, at }) => ({ seq, at })) as [Place, Place];
  if (from.seq > to.seq)
    throw invalid(`--from is event ${from.seq}, which comes after --to, event ${to.seq}`);
  const span = { stream: past.stream, from, to, events: await past.typesBetween(from.seq, to.seq) };
  const { address } = past;
  const colors = colorsFor(process.stdout);
  if (isJob(before, address) && isJob(after, address)) {
    const [then, now] = [before, after].map(({ view: { index, state } }) => jobThen(index, state));
    const { nodes, ...changes } = jobChanges(then as JobThen, now as JobThen);
    const document = { ...spanBody(span), ...changes, nodes: Object.fromEntries(nodes) };
    return print(options, document, () => jobDiffText({ nodes, ...changes }, span, colors));
  }
  const changes = jsonChanges(plain(before.state), plain(after.state));
  const document = { ...spanBody(span), changes };
  print(options, document, () => streamDiffText(changes, span, colors));
}

type Place = { readonly seq: number; readonly at: number };

const spanBody = ({ stream, from, to, events }: Span) => ({
  ...{ stream, from: { ...from, at: timeOf(from.at) }, to: { ...to, at: timeOf(to.at) } },
  events: Object.fromEntries(events),
});

/** As it is printed: without what is undefined. */
const plain = (state: unknown): unknown => JSON.parse(JSON.stringify(state));

interface Past {
  readonly stream: string;
  readonly address: Address;
  /** How many the stream has in all. */
  readonly events: number;
  readonly at: (point: Point | undefined) => Promise<Replayed>;
  /** Events after one up to another, by their types. */
  readonly typesBetween: (after: number, to: number) => Promise<ReadonlyMap<string, number>>;
}

/** @throws RepriseError JOURNAL_CORRUPT: what does not verify proves nothing of the past. */
async function pastOf(argument: string | undefined, options: StreamOptions): Promise<Past> {
  const named = await namedStream(argument, options);
  const events = await assertVerified(named);
  const { stream, journal, layout } = named;
  const address = foldable(named);
  const graphs = createArchivedGraphs(layout);
  const kinds = createKinds({ journal, graphs, conditions: memoryConditions, random: () => 0 });
  return {
    ...{ stream, address, events },
    at: (point) => replay({ journal, kinds }, address, point),
    async typesBetween(after, to) {
      const types = new Map<string, number>();
      for await (const { type } of upTo(journal.written(stream, after + 1), { seq: to })) {
        types.set(type, (types.get(type) ?? 0) + 1);
      }
      return types;
    },
  };
}

function foldable({ stream, name }: NamedStream): Address {
  const address = addressOf(stream);
  if (isStreamKind(address.kind)) return address as Address;
  throw invalid(`${name}: what cleanups removed has no state; \`reprise journal show\` lists it`);
}

const isJob = (_then: Replayed, { kind }: Address): _then is Replayed<'job'> => kind === 'job';
