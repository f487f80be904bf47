import parsePrometheus from 'parse-prometheus-text-format';
import { measured } from '../../../lib/core/projections/metrics';
import { createPrometheus } from '../../../lib/server/metrics';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
    readonly buckets?: Readonly<Record<string, string>>;
    readonly count?: string;
    readonly sum?: string;
  }[];
}

const read = async (
  prometheus: ReturnType<typeof createPrometheus>,
  samples: Parameters<typeof prometheus.text>[0] = [],
) => {
  const { body } = await prometheus.text(samples);
  const families = parsePrometheus(body) as readonly Family[];
  return { body, families, of: (name: string) => families.find((family) => family.name === name) };
};

describe('the metrics of a daemon in the exposition format', () => {
  it('have type, help and, where a series can be known before, a zero to grow from', async () => {
    const { of, families } = await read(createPrometheus());
    const jobs = of('reprise_jobs_submitted_total');
    expect(jobs).toMatchObject({ type: 'COUNTER', help: 'Jobs that were submitted.' });
    expect(jobs?.metrics.map(({ labels, value }) => [labels?.['priority'], value])).toEqual([
      ['critical', '0'],
      ['high', '0'],
      ['normal', '0'],
      ['low', '0'],
    ]);
    expect(families.every(({ help }) => help !== '')).toBe(true);
    // What any process of Node.js says of itself.
    expect(of('process_start_time_seconds')?.type).toBe('GAUGE');
  });

  it('count and spread what was measured, in seconds', async () => {
    const prometheus = createPrometheus();
    prometheus.measure([measured('JobsSubmitted', 1, { priority: 'high' })]);
    for (const seconds of [0.5, 40, 90]) {
      prometheus.measure([measured('LeaseOverrun', seconds)]);
      prometheus.measure([measured('DispatchLatency', seconds, { priority: 'high' })]);
    }
    const { of, body } = await read(prometheus);
    const jobs = of('reprise_jobs_submitted_total')?.metrics;
    expect(jobs?.find(({ labels }) => labels?.['priority'] === 'high')?.value).toBe('1');
    const buckets = { '1': '1', '30': '1', '45': '2', '60': '2', '90': '3', '+Inf': '3' };
    expect(of('reprise_lease_overrun_seconds')).toMatchObject({
      type: 'HISTOGRAM',
      metrics: [{ count: '3', sum: '130.5', buckets }],
    });
    // The parser makes one of all series of a histogram.
    expect(body.split('\n')).toEqual(
      expect.arrayContaining([
        'reprise_dispatch_latency_seconds_bucket{le="60",priority="high"} 2',
        'reprise_dispatch_latency_seconds_bucket{le="+Inf",priority="high"} 3',
        'reprise_dispatch_latency_seconds_sum{priority="high"} 130.5',
        'reprise_dispatch_latency_seconds_count{priority="high"} 3',
        'reprise_dispatch_latency_seconds_count{priority="low"} 0',
      ]),
    );
  });

  it('keep counting from one reading to the next, and forget what is not so any more', async () => {
    const prometheus = createPrometheus();
    prometheus.measure([measured('WorkersCordoned', 1)]);
    const open = measured('BreakerOpen', 1, { dependency: 'payments' });
    expect((await read(prometheus, [open])).of('reprise_breaker_open_ratio')?.metrics).toEqual([
      { labels: { dependency: 'payments' }, value: '1' },
    ]);
    prometheus.measure([measured('WorkersCordoned', 1)]);
    const { body, of } = await read(prometheus);
    expect(of('reprise_workers_cordoned_total')?.metrics).toEqual([{ value: '2' }]);
    expect(body).not.toContain('payments');
  });

  it('leave out what says nothing here, and say what kind of text they are', async () => {
    const { body, contentType } = await createPrometheus().text([]);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).not.toContain('reprise_job_cost_dollars');
  });

  it('escape what a name of a dependency may be made of', async () => {
    const route = 'GET /a"b\\c\nd';
    const prometheus = createPrometheus();
    prometheus.measure([measured('RequestDuration', 0.1, { route, status: '2xx' })]);
    expect((await prometheus.text([])).body).toContain('route="GET /a\\"b\\\\c\\nd"');
  });
});
