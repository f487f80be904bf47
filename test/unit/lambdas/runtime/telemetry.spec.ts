import { instrumented } from '../../../../lambdas/runtime/instrumented';
import { count, measure } from '../../../../lambdas/runtime/telemetry';
import { measured } from '../../../../lib/core/projections/metrics';

interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly [
      {
        readonly Dimensions: readonly string[][];
        readonly Metrics: readonly { Name: string; Unit: string }[];
      },
    ];
  };
  readonly [key: string]: unknown;
}

/** The lines of EMF that one invocation says. */
async function said(work: () => void): Promise<readonly Line[]> {
  const lines: string[] = [];
  // The library has a console of its own.
  const write = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((line) => lines.push(String(line)) > 0);
  try {
    await instrumented(async () => work())({}, {} as never);
  } finally {
    write.mockRestore();
  }
  return lines.map((line) => JSON.parse(line) as Line);
}

const setsOf = (line: Line | undefined) => line?._aws.CloudWatchMetrics[0].Dimensions;

describe('what a function measures', () => {
  it('is of the engine, in all and by each dimension, in base units', async () => {
    const lines = await said(() =>
      measure([
        measured('JobQueueWait', 1.5, { priority: 'high' }),
        measured('JobQueueWait', 2.5, { priority: 'high' }),
        measured('DispatchLatency', 0.2, { priority: 'high' }),
        measured('SchedulingDelay', 0.1),
      ]),
    );
    expect(lines).toHaveLength(2);
    const [byPriority, alone] = lines;
    expect(byPriority).toMatchObject({
      ...{ service: 'engine', priority: 'high', JobQueueWait: [1.5, 2.5], DispatchLatency: 0.2 },
    });
    expect(setsOf(byPriority)).toEqual([['service'], ['service', 'priority']]);
    expect(byPriority?._aws.CloudWatchMetrics[0].Metrics).toEqual([
      { Name: 'JobQueueWait', Unit: 'Seconds' },
      { Name: 'DispatchLatency', Unit: 'Seconds' },
    ]);
    expect(alone).toMatchObject({ service: 'engine', SchedulingDelay: 0.1 });
    expect(setsOf(alone)).toEqual([['service']]);
  });

  it('is never summed up over pools where it is what is so now', async () => {
    const lines = await said(() => measure([measured('SlotUtilisation', 0.5, { pool: 'gpu' })]));
    expect(lines.map(setsOf)).toEqual([[['service', 'pool']]]);
  });

  it('is not said where it says nothing on AWS', async () => {
    expect(await said(() => measure([measured('BreakerOpen', 1, { dependency: 'mail' })]))).toEqual([]);
  });

  it('keeps its dimensions over more values than a line has', async () => {
    const many = Array.from({ length: 250 }, () => measured('RetriesScheduled', 1, { strategy: 'again' }));
    const lines = await said(() => measure(many));
    expect(lines.flatMap(({ RetriesScheduled }) => RetriesScheduled)).toHaveLength(250);
    for (const line of lines) expect(setsOf(line)).toEqual([['service'], ['service', 'strategy']]);
  });

  it('is said once, and with what the function counts of its own work beside it', async () => {
    const lines = await said(() => {
      count('InputsDecided', 3);
      measure([measured('JobsEnded', 1, { outcome: 'failed' })]);
    });
    expect(lines.map((line) => [line['InputsDecided'], line['JobsEnded']])).toEqual([
      [3, undefined],
      [undefined, 1],
    ]);
    expect(await said(() => undefined)).toEqual([]);
  });
});
