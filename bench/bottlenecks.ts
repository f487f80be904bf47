import { findBottlenecks } from '../lib/core/health/bottleneck';
import { BOUND_KINDS, type BoundKind } from '../lib/core/health/bottleneck-bound';
import { plantedLoad } from '../test/support/planted-loads';

/** Loads of each kind. */
const LOADS = Number(process.env['N'] ?? 40);
/** Seeds below were used to build the detector; these were not. */
const SEEDS = [90_001];

/** `npm run bench -- bottlenecks [SEED]`: what the detector says of loads with a planted bottleneck, as a confusion table. */
export async function benchBottlenecks(given: readonly number[] = []): Promise<void> {
  const [seed = 0] = given.length > 0 ? given : SEEDS;
  console.log(
    `\n### bottlenecks: ${LOADS} loads of each kind, seeds ${seed} to ${seed + LOADS - 1} (virtual time)\n`,
  );
  const said = new Map<BoundKind, Map<string, number>>();
  const errors: number[] = [];
  let right = 0;
  for (const kind of BOUND_KINDS) {
    const counts = new Map<string, number>();
    said.set(kind, counts);
    for (let i = 0; i < LOADS; i++) {
      const { planted, load, severity } = await plantedLoad(kind, seed + i);
      const { bottlenecks, makespanMs, replayedMs } = findBottlenecks(load);
      const [first] = bottlenecks;
      const isRight = first?.kind === planted.kind && first.name === planted.name;
      const column = isRight ? kind : first?.kind === planted.kind ? 'another' : (first?.kind ?? 'none');
      if (isRight) right += 1;
      else if (process.env['SHOW'])
        console.log(
          kind,
          seed + i,
          severity.toFixed(2),
          JSON.stringify(
            bottlenecks
              .slice(0, 4)
              .map(({ kind: k, name, wonMs, blamedMs }) => [
                k,
                name,
                Math.round(wonMs),
                Math.round(blamedMs),
              ]),
          ),
          JSON.stringify(bottlenecks.find((b) => b.kind === planted.kind && b.name === planted.name)),
        );
      counts.set(column, (counts.get(column) ?? 0) + 1);
      errors.push(Math.abs(replayedMs / makespanMs - 1));
    }
  }
  const columns = [...BOUND_KINDS, 'another', 'none'];
  console.log(`| planted | ${columns.join(' | ')} | right |`);
  console.log(`| --- | ${columns.map(() => '---:').join(' | ')} | ---: |`);
  for (const [kind, counts] of said) {
    const cells = columns.map((column) => counts.get(column) ?? '');
    console.log(
      `| ${kind} | ${cells.join(' | ')} | ${((100 * (counts.get(kind) ?? 0)) / LOADS).toFixed(1)} % |`,
    );
  }
  const total = LOADS * BOUND_KINDS.length;
  console.log(`\n${right} of ${total} right (${((100 * right) / total).toFixed(1)} %)`);
  errors.sort((a, b) => a - b);
  console.log(
    `error of the replayed mean makespan: median ${(100 * errors[total >> 1]!).toFixed(2)} %, p95 ${(100 * errors[Math.floor(total * 0.95)]!).toFixed(2)} %`,
  );
}
