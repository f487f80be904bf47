import { mkdirSync, writeFileSync } from 'node:fs';
import { PRIORITIES } from '../lib/core/model/priority';
import {
  type FleetJob,
  type FleetRecord,
  mixedJobs,
  mixedWorkers,
  runFleet,
  utilisation,
} from '../test/support/fleet';
import { percentile } from './measure';

const WORKERS = 50;
const JOBS = 500;
const NODES_PER_JOB = 60;
const PICTURE = 'docs/img/fleet.svg';

/**
 * 500 jobs of mixed class, owner and size at once on 50 heterogeneous workers, in virtual time: the real deciders and
 * effects. Writes the picture that docs/performance.md shows.
 */
export async function benchFleet(): Promise<void> {
  const workers = mixedWorkers(WORKERS);
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
  const jobs = mixedJobs(JOBS, NODES_PER_JOB);
  const total = jobs.reduce((sum, { graph }) => sum + graph.nodes.length, 0);
  const record = await runFleet({ workers, jobs });
  const end = Math.max(...record.finished.values());
  console.log(
    `\n### ${JOBS} jobs, ${total} nodes, on ${WORKERS} workers with ${slots} slots (virtual time)\n`,
  );
  console.log(`Utilisation while work waits that fits: ${(utilisation(record) * 100).toFixed(1)} %. `);
  console.log(`Jobs finished: ${record.finished.size} of ${JOBS}, in ${minutes(end)} min.\n`);
  console.log('| class | jobs | finished: median, min | last, min | longest wait of a ready node, min |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const priority of PRIORITIES) {
    const own = jobs.filter((job) => job.priority === priority);
    const ends = endsOf(own, record);
    const waits = record.granted.flatMap(({ work, at }) =>
      work.priority === priority ? [at - work.readyAt] : [],
    );
    const longest = waits.reduce((a, b) => Math.max(a, b), 0);
    console.log(
      `| ${priority} | ${own.length} | ${minutes(percentile(ends, 0.5))} | ${minutes(ends.at(-1) ?? 0)} | ${minutes(longest)} |`,
    );
  }
  mkdirSync('docs/img', { recursive: true });
  writeFileSync(PICTURE, picture(record, jobs, slots));
  console.log(`\nPicture: ${PICTURE}`);
}

function endsOf(jobs: readonly FleetJob[], { finished }: FleetRecord): number[] {
  return jobs.flatMap(({ jobId }) => finished.get(jobId) ?? []).sort((a, b) => a - b);
}

const COLOURS = { critical: '#c0392b', high: '#e67e22', normal: '#2980b9', low: '#7f8c8d' } as const;
const [WIDTH, HEIGHT, LEFT, TOP] = [760, 300, 60, 30];

/** Slots in use over time, and the share of finished jobs of each class. */
function picture(record: FleetRecord, jobs: readonly FleetJob[], slots: number): string {
  const end = Math.max(...record.finished.values());
  const x = (at: number) => (LEFT + (at / end) * (WIDTH - LEFT - 20)).toFixed(1);
  const y = (share: number) => (TOP + (1 - share) * (HEIGHT - TOP - 50)).toFixed(1);
  const every = Math.max(1, Math.floor(record.usage.length / 1_500));
  const usage = record.usage
    .filter((_, i) => i % every === 0)
    .map(({ at, busy }) => `${x(at)},${y(busy / slots)}`);
  const classes = PRIORITIES.map((priority) => {
    const ends = endsOf(
      jobs.filter((job) => job.priority === priority),
      record,
    );
    const points = ends.map((at, i) => `${x(at)},${y((i + 1) / ends.length)}`);
    return `<polyline points="${x(0)},${y(0)} ${points.join(' ')}" fill="none" stroke="${COLOURS[priority]}" stroke-width="2"/>`;
  });
  const legend = PRIORITIES.map(
    (priority, i) => `<text x="${LEFT + 150 + i * 90}" y="18" fill="${COLOURS[priority]}">${priority}</text>`,
  );
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(share)}" y2="${y(share)}" stroke="#bbb" stroke-width="0.5"/>` +
      `<text x="${LEFT - 8}" y="${Number(y(share)) + 4}" text-anchor="end" fill="#555">${share * 100} %</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(end * share)}" y="${HEIGHT - 30}" text-anchor="middle" fill="#555">${minutes(end * share)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>Slots in use and jobs finished over time</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" fill="#333">jobs finished, by class:</text>`,
    ...legend,
    `<text x="${WIDTH - 20}" y="18" text-anchor="end" fill="#27ae60">slots in use</text>`,
    ...grid,
    `<polygon points="${x(0)},${y(0)} ${usage.join(' ')} ${x(end)},${y(0)}" fill="#27ae60" fill-opacity="0.18" stroke="#27ae60" stroke-width="0.8"/>`,
    ...classes,
    ...ticks,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#555">minutes since all jobs were submitted</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1);
}
