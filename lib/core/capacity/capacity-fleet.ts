import { RepriseError } from '../errors';
import { LIMITS } from '../limits';
import { present } from '../model/present';
import { quoted } from '../model/quoted';
import type { Resources } from '../model/resources';
import type { Load, LoadWorker } from './load';

/** Workers that are alike. */
export interface FleetKind {
  /** `*` takes work of any label. */
  readonly labels: '*' | readonly string[];
  readonly slots: number;
  readonly resources?: Resources;
  readonly count: number;
}

/** What a worker costs for an hour. */
export interface Prices {
  /** Of one whose labels have no price. */
  readonly workerHourUsd?: number;
  /** By label; of several the highest counts. */
  readonly byLabel?: Readonly<Record<string, number>>;
}

const PRICE = /^(?:([^=,\s]+)=)?(\d+(?:\.\d+)?)$/;

/**
 * Prices of an hour of a worker, such as `0.10,gpu=0.90`: a price for all, and one by label.
 * @throws RepriseError INPUT_INVALID
 */
export function parsePrices(text: string): Prices {
  const read = readPrices(text);
  if ('problem' in read) throw new RepriseError('INPUT_INVALID', read.problem);
  return read;
}

/** The same, or what is wrong with them. */
export function readPrices(text: string): Prices | { readonly problem: string } {
  const byLabel: Record<string, number> = {};
  let workerHourUsd: number | undefined;
  for (const part of text.split(',')) {
    const [, label, amount] = PRICE.exec(part.trim()) ?? [];
    const price = Number(amount ?? Number.NaN);
    if (!(price <= LIMITS.slotHourUsd)) return { problem: noPrice(part) };
    if (label === undefined) workerHourUsd = price;
    else byLabel[label] = price;
  }
  return { byLabel, ...present({ workerHourUsd }) };
}

const noPrice = (part: string): string =>
  `a price of an hour of a worker is an amount in dollars, or LABEL=AMOUNT, such as 0.10,gpu=0.90; not ${quoted(part)}`;

/** The kinds of workers that were there, with how many at most at a time. */
function kindsOf(workers: readonly LoadWorker[]): FleetKind[] {
  const kinds = new Map<string, { readonly kind: FleetKind; readonly stays: LoadWorker[] }>();
  for (const worker of workers) {
    const { labels, slots, resources } = worker;
    const key = JSON.stringify([labels === '*' ? labels : [...labels].sort(), slots, resources]);
    const known = kinds.get(key) ?? {
      kind: { labels, slots, ...present({ resources }), count: 0 },
      stays: [],
    };
    known.stays.push(worker);
    kinds.set(key, known);
  }
  return [...kinds.values()].map(({ kind, stays }) => ({ ...kind, count: mostAtOnce(stays) }));
}

/** What the size of a fleet is tried with, and how a fleet of so many of it is told. */
export interface Growth {
  readonly kinds: readonly FleetKind[];
  readonly told: (kinds: readonly FleetKind[]) => readonly FleetKind[];
  /** What a worker of these kinds is of one that there is, as which it is paid. */
  readonly share: number;
}

/** A machine that is the whole pool grows by slots, where nothing it runs takes several at once; else workers are added. */
export function growthOf({ workers, jobs }: Load): Growth {
  const kinds = kindsOf(workers);
  const [only] = kinds;
  const isMachine =
    only?.labels === '*' && only.resources === undefined && kinds.length === 1 && only.count === 1;
  const takesOne = jobs.every(({ nodes }) => nodes.every(({ demand }) => demand.slots === 1));
  if (!isMachine || !takesOne) return { kinds, told: (same) => same, share: 1 };
  return {
    kinds: [{ labels: '*', slots: 1, count: only.slots }],
    told: (grown) => grown.map(({ count }) => ({ labels: '*', slots: count, count: 1 })),
    share: 1 / only.slots,
  };
}

function mostAtOnce(stays: readonly LoadWorker[]): number {
  const changes = stays.flatMap(({ from = 0, until = Number.POSITIVE_INFINITY }) => [
    { at: from, by: 1 },
    { at: until, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

/** Workers of these kinds, there from the beginning to the end. */
export function workersOf(fleet: readonly FleetKind[]): LoadWorker[] {
  return fleet.flatMap(({ count, ...kind }, k) =>
    Array.from({ length: count }, (_, i) => ({ workerId: `kind${k}-${i}`, ...kind })),
  );
}

/** Undefined where no price holds for it. */
export function hourlyUsd({ labels }: Pick<FleetKind, 'labels'>, prices: Prices): number | undefined {
  const { workerHourUsd, byLabel = {} } = prices;
  const own = labels === '*' ? [] : labels.flatMap((label) => byLabel[label] ?? []);
  return own.length === 0 ? workerHourUsd : Math.max(...own);
}

/** What a fleet costs for an hour; undefined where a price is missing. */
export function fleetHourUsd(fleet: readonly FleetKind[], prices: Prices): number | undefined {
  let sum = 0;
  for (const kind of fleet) {
    const price = hourlyUsd(kind, prices);
    if (price === undefined && kind.count > 0) return undefined;
    sum += kind.count * (price ?? 0);
  }
  return sum;
}

export function noJobs(): RepriseError {
  const message = 'no job that is over was found: let some jobs run first, or look further back';
  return new RepriseError('INPUT_INVALID', message, {
    problems: [{ code: 'INPUT_INVALID', path: 'jobs', message }],
  });
}
