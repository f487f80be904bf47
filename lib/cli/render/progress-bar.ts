import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { Tally } from '../../core/projections/tally';
import type { LiveLine } from './live';
import { createStanding, type Standing } from './standing';
import { type Colors, humanDuration } from './style';

const WIDTH = 20;
/** Names of running nodes that are shown at most. */
const NAMED = 8;

/** One line of how far a job is, within so many columns: a bar, counts, what runs. */
export function progressBar(standing: Standing, columns: number, colors: Colors): string {
  const { finished, total, failed, running, isPaused, elapsedMs } = standing;
  const done = total === 0 ? 0 : Math.floor((WIDTH * finished) / total);
  const parts = [
    `${finished}/${total}`,
    humanDuration(Math.max(0, Math.floor(elapsedMs / 1_000) * 1_000)),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(isPaused ? ['paused'] : []),
    ...(running.length > 0 ? [`${running.length} running: ${named(running)}`] : []),
  ];
  const text = `  ${parts.join('  ')}`;
  const room = columns - WIDTH;
  const shown = text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
  if (room < 1) return text.trim().slice(0, Math.max(0, columns));
  const tint = failed > 0 ? colors.red : colors.green;
  return `${tint('█'.repeat(done))}${colors.dim('░'.repeat(WIDTH - done))}${shown}`;
}

function named(running: readonly string[]): string {
  const more = running.length - NAMED;
  return [...running.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

interface BarOptions {
  readonly live: LiveLine;
  readonly tally: Tally;
  /** How many nodes the graph has. */
  readonly nodes: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly colors: Colors;
  readonly clock: () => number;
}

/** A bar of a job in a live line. Takes events after the tally did. */
export function createBar(options: BarOptions): (events: readonly Recorded<JobEvent>[]) => void {
  const { live, tally, nodes, startedAt, colors, clock } = options;
  const fold = createStanding(tally, nodes, startedAt);
  return (events) => {
    for (const event of events) fold.apply(event);
    live.show((columns) => progressBar(fold.standing(clock()), columns, colors));
  };
}
