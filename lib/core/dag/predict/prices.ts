/** What a run takes of AWS, in the units that are billed. */
export interface Usage {
  /** States entered, and children of a distributed Map started. */
  readonly transitions: number;
  /** Requests, each for 64 KiB. Ordered queues have a price of their own. */
  readonly fifoRequests: number;
  readonly queueRequests: number;
  /** Of the table and its index: 1 KiB written, twice that in a transaction; 4 KiB read consistently. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Calls of the REST API. */
  readonly apiCalls: number;
  /** Texts over the connections of workers that pull, in either direction, each for 32 KB. */
  readonly socketMessages: number;
  readonly invocations: number;
  readonly logBytes: number;
  readonly traces: number;
  /** Events on the engine's bus. */
  readonly busEvents: number;
  readonly objectWrites: number;
  readonly objectReads: number;
}

export interface Prices {
  readonly region: string;
  /** ISO 8601 date. */
  readonly date: string;
  /** USD for one unit of each. */
  readonly per: Readonly<Record<keyof Usage, number>>;
}

/** Billed time of an invocation, and the memory of a function: prod's is twice this. */
const INVOCATION_SECONDS = 0.04;
const MEMORY_GB = 0.5;
/** An invocation, and a second of a GB of an ARM function. */
const PER_REQUEST = 0.2e-6;
const PER_GB_SECOND = 0.0000133334;

/**
 * On demand, past every free tier and below every step down. The pages, each under https://aws.amazon.com/:
 * step-functions/pricing, sqs/pricing, dynamodb/pricing/on-demand, api-gateway/pricing, lambda/pricing, cloudwatch/pricing,
 * xray/pricing, eventbridge/pricing, s3/pricing.
 */
export const PRICES: Prices = {
  region: 'us-east-1',
  date: '2025-11-01',
  per: {
    transitions: 0.025e-3,
    fifoRequests: 0.5e-6,
    queueRequests: 0.4e-6,
    writeUnits: 0.625e-6,
    readUnits: 0.125e-6,
    apiCalls: 3.5e-6,
    socketMessages: 1e-6,
    invocations: PER_REQUEST + INVOCATION_SECONDS * MEMORY_GB * PER_GB_SECOND,
    logBytes: 0.5 / 1024 ** 3,
    traces: 5e-6,
    busEvents: 1e-6,
    objectWrites: 5e-6,
    objectReads: 0.4e-6,
  },
};

/** USD, by what it is for. What is not used costs nothing. */
export function costOf(usage: Partial<Usage>, { per }: Pick<Prices, 'per'>): number {
  const names = Object.keys(usage) as (keyof Usage)[];
  return names.reduce((sum, name) => sum + (usage[name] ?? 0) * per[name], 0);
}
