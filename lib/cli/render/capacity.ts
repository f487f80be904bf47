import type {
  BottlenecksView,
  CapacityView,
  PlannedFleetView,
  WhatIfRowView,
  WhatIfView,
} from '../../contract/capacity';
import type { BoundKind } from '../../core/capacity/bottleneck-bound';
import { many } from '../../core/model/many';
import { colorsFor, humanDuration } from './style';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const signed = (share: number): string => `${share > 0 ? '+' : ''}${percent(share)}`;
const duration = (seconds: number): string => humanDuration(Math.max(0, seconds) * 1_000);

const KINDS: Readonly<Record<BoundKind, string>> = {
  lock: 'concurrency key',
  resource: 'resource',
  label: 'workers with label',
  slots: 'slots of the pool',
  queue: 'jobs at a time',
  dependency: 'dependency',
  suite: 'suite',
  node: 'node',
};

/** What wins less of the makespan is left out. */
const LEAST_WIN = 0.01;

/** What wins most first. */
export function renderBottlenecks(report: BottlenecksView): string {
  const { jobs, makespan_seconds, replayed_seconds, bottlenecks } = report;
  if (jobs === 0) return 'no jobs that are over\n';
  const colors = colorsFor(process.stdout);
  const error = replayed_seconds / Math.max(0.001, makespan_seconds) - 1;
  const head = `${jobs} jobs, ${duration(makespan_seconds)} each on average (replayed: ${signed(error)})\n`;
  const winning = bottlenecks.filter(
    ({ won_seconds }, i) => i === 0 || won_seconds > LEAST_WIN * replayed_seconds,
  );
  const rows = winning.map((each) => {
    const share = percent(each.won_seconds / Math.max(0.001, replayed_seconds));
    const taken = each.utilization === undefined ? '' : `${percent(each.utilization)} taken, `;
    return [
      `${colors.bold(`${KINDS[each.kind]} ${each.name}`.trim())}`,
      `  ${each.change}: ${each.won_seconds < 0 ? 'nothing is won' : `${duration(each.won_seconds)} shorter (${share})`}`,
      `  ${duration(each.blamed_seconds)} of the critical path; ${taken}${each.arrivals_per_hour.toFixed(1)} an hour, ` +
        `each waits ${duration(each.mean_wait_seconds)}, ${each.mean_queue.toFixed(1)} wait at a time`,
      '',
    ].join('\n');
  });
  return [head, ...rows].join('');
}

export function renderCapacity(plan: CapacityView): string {
  const { demand, current, recommended } = plan;
  const season = {
    week: 'by the hour of the week',
    day: 'by the hour of the day',
    none: 'no season is known yet',
  };
  const notes = plan.reachable
    ? []
    : [
        `no number of workers gets 95 in 100 attempts below ${duration(plan.floor_wait_seconds)}: they wait for locks, ` +
          'resources or dependencies (`reprise bottlenecks`)\n',
      ];
  const demanded = [
    `demand of ${plan.jobs} jobs over ${demand.hours} h: ${demand.mean_slots.toFixed(1)} slots busy on average, ` +
      `${demand.peak_slots.toFixed(1)} in the busiest hour\n`,
    `forecast (${season[demand.season]}): ${demand.expected_peak_slots.toFixed(1)} slots in the busiest hour, ` +
      `${demand.high_peak_slots.toFixed(1)} at most 95 in 100 times\n`,
  ];
  const young = `${plan.jobs} jobs; no whole hour is recorded yet, so the demand to come is taken to be as it was\n`;
  return [
    ...(demand.hours === 0 ? [young] : demanded),
    `fleets at ${plan.rate.toFixed(2)} times the recorded demand, 95 in 100 attempts to wait ${duration(plan.target_wait_seconds)} at most:\n`,
    fleetLines('now', current),
    fleetLines('recommended', recommended),
    ...notes,
    `by Erlang's formula, which knows no graphs: ${plan.erlang_slots} slots\n`,
  ].join('');
}

function fleetLines(name: string, fleet: PlannedFleetView): string {
  const cost = fleet.hour_usd === undefined ? '' : `, ${fleet.hour_usd.toFixed(2)} USD an hour`;
  const head =
    `  ${name.padEnd(12)} ${many(fleet.workers, 'worker')}, ${many(fleet.slots, 'slot')}: waits ${duration(fleet.wait_p95_seconds)}, ` +
    `${percent(fleet.utilization)} taken${cost}\n`;
  const kinds = fleet.kinds.map(({ labels, slots, count }) => {
    const named = labels === '*' ? 'any label' : labels.join(', ');
    return `  ${''.padEnd(12)} ${count} x ${slots} ${slots === 1 ? 'slot' : 'slots'} (${named})\n`;
  });
  return head + kinds.join('');
}

const HEADS = ['', 'makespan', 'p95', 'wait p95', 'admission p95', 'taken', 'worker hours', 'USD'];

export function renderWhatIf(compared: WhatIfView): string {
  const { jobs, attempts, recorded, replayed, calibration, scenarios } = compared;
  const rows = [HEADS, ...[recorded, replayed, ...scenarios].map(cells)];
  const widths = HEADS.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
  return [
    `${jobs} jobs, ${attempts} attempts\n`,
    ...lines.map((line) => `${line.trimEnd()}\n`),
    `the replay is off by ${signed(calibration.makespan_error)} of the mean makespan, by ` +
      `${percent(calibration.median_job_error)} for half of the jobs, and by ` +
      `${calibration.wait_p95_error_seconds.toFixed(1)} s of the wait: compare scenarios with it\n`,
  ].join('');
}

function cells(row: WhatIfRowView): string[] {
  return [
    row.name,
    duration(row.makespan_seconds.mean),
    duration(row.makespan_seconds.p95),
    duration(row.wait_seconds.p95),
    duration(row.admission_seconds.p95),
    percent(row.utilization),
    row.worker_hours.toFixed(1),
    row.cost_usd === undefined ? '' : row.cost_usd.toFixed(2),
  ];
}
