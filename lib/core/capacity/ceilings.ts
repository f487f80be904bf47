/** What bounds a stream on AWS. Times are milliseconds. */
export interface StreamCosts {
  /** Lanes that its messages are in. */
  readonly lanes: number;
  /** Messages that one invocation decides at most. */
  readonly most: number;
  /** Invocations that decide it at a time. */
  readonly invocations: number;
  /** From the receipt of a batch until its messages are gone, what follows included and deciding left out. */
  readonly cycleMs: number;
  /** Reading what others appended, and appending. */
  readonly writeMs: number;
  /** Deciding what one message says, with what follows from it. */
  readonly decideMs: number;
  /** Write units that a message takes of the table. */
  readonly units: number;
}

/** Messages a second, and what they are bound by. */
export interface Ceiling {
  readonly perSecond: number;
  readonly bound: 'handing out' | 'deciding' | 'table';
}

/** What SQS hands out of a message group before it waits for their deletion. */
const GROUP_BATCH = 10;
/** What DynamoDB takes of a partition, a second, and so of a stream. */
const PARTITION_UNITS = 1_000;

/**
 * How many messages a second one stream can take at most. SQS hands out ten messages of each lane a cycle. Of several that
 * decide at the same time one appends, and those whose turn it met decide again. All pages of a stream are in one partition.
 */
export function ceilingOf(costs: StreamCosts): Ceiling {
  const { lanes, most, cycleMs, writeMs, decideMs, units } = costs;
  const writers = Math.min(lanes, costs.invocations);
  const together = Math.min(most, (lanes * GROUP_BATCH) / writers);
  const turnMs = writeMs + together * decideMs;
  const turns = 1 + ((writers - 1) * turnMs) / (cycleMs + turnMs);
  const bounds = [
    { bound: 'handing out', perSecond: (1_000 * writers * together) / (cycleMs + turns * turnMs) },
    { bound: 'deciding', perSecond: (1_000 * together) / turnMs },
    { bound: 'table', perSecond: PARTITION_UNITS / units },
  ] as const;
  return bounds.reduce((least, each) => (each.perSecond < least.perSecond ? each : least));
}
