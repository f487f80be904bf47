import { type Bottleneck, findBottlenecks } from '../../lib/core/capacity/bottleneck';
import type { Bound, BoundKind } from '../../lib/core/capacity/bottleneck-bound';
import { plantedLoad } from './planted-loads';
import { atOnce } from './steps';

export interface Trial {
  readonly planted: Bound;
  /** What the detector puts first. */
  readonly said: Bottleneck | undefined;
  readonly isRight: boolean;
  /** How many times as long jobs took on average as without the plant. */
  readonly severity: number;
  /** By how much the replay misses the mean makespan, as a share of it. */
  readonly replayError: number;
}

/** Asks the detector about a load with a planted bottleneck. The same seed gives the same trial. */
export async function bottleneckTrial(kind: BoundKind, seed: number): Promise<Trial> {
  const { planted, load, severity } = await plantedLoad(kind, seed);
  const { bottlenecks, makespanMs, replayedMs } = atOnce(findBottlenecks(load));
  const [said] = bottlenecks;
  const isRight = said?.kind === planted.kind && said.name === planted.name;
  return { planted, said, isRight, severity, replayError: Math.abs(replayedMs / makespanMs - 1) };
}
