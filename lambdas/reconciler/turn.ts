import type { OpenStreams, Progress } from '../../lib/adapters/aws/table/open-streams';
import type { ReconcilerPlace } from '../../lib/adapters/aws/table/reconciler-place';
import type { Reconciler, Subject } from '../../lib/core/engine/reconciler';
import { addressOf } from '../../lib/core/messages/address';
import type { ExecutionSightings } from '../../lib/core/ports/sightings';
import type { Repair } from '../../lib/core/recovery/reconcile/repair';

export interface TurnDeps {
  readonly streams: Pick<OpenStreams, 'pages'>;
  readonly place: ReconcilerPlace;
  readonly reconciler: Reconciler;
  readonly executions: Pick<ExecutionSightings, 'running'>;
  readonly pools: readonly string[];
  /** A stream without an event for so long is looked at in every turn, milliseconds. */
  readonly quietMs: number;
  /** Whether there is time for more. */
  readonly hasTime: () => boolean;
}

export interface Turn {
  readonly repairs: readonly Repair[];
  /** Streams that were compared with the world. */
  readonly compared: number;
  /** Whether the last of the open streams was reached, and with it pools and executions were looked at. */
  readonly isComplete: boolean;
}

/** One that has had some in one turn of so many, and so is what nothing stands out of. */
const SELDOM = 6;
/** Turns are so far apart. */
export const TURN_MS = 5 * 60_000;

/**
 * One turn of the reconciler: from where the last one ended, through the streams that are not over, as far as its time goes;
 * at their end through the pools and the executions that run.
 * @param now milliseconds since the epoch.
 */
export async function reconcileTurn(deps: TurnDeps, now: number): Promise<Turn> {
  const { streams, place, reconciler, hasTime } = deps;
  const turn = Math.floor(now / TURN_MS);
  const after = await place.get();
  const repairs: Repair[] = [];
  const live = new Set<string>();
  let compared = 0;
  async function reconcile(subjects: readonly Subject[]): Promise<void> {
    compared += subjects.length;
    repairs.push(...(await reconciler.reconcile(subjects)));
  }

  for await (const page of streams.pages(after)) {
    for (const { stream, isOver } of page) if (!isOver) live.add(addressOf(stream).id);
    await reconcile(
      page.flatMap((progress) => subjectOf(progress, { turn, quietSince: now - deps.quietMs })),
    );
    if (hasTime()) continue;
    await place.put(page.at(-1)?.stream);
    return { repairs, compared, isComplete: false };
  }
  // The next turn begins anew, whatever becomes of the rest of this one.
  await place.put(undefined);
  // What was open before the place where this turn began is looked at like any other: that costs, and does no harm.
  for (const pool of deps.pools) await reconcile(await reconciler.suspects(pool, live));
  for await (const page of deps.executions.running(turn, live)) {
    await reconcile(page.map((execution): Subject => ({ kind: 'execution', execution })));
    if (!hasTime()) return { repairs, compared, isComplete: false };
  }
  return { repairs, compared, isComplete: true };
}

function subjectOf(
  { stream, at, isOver }: Progress,
  { turn, quietSince }: { readonly turn: number; readonly quietSince: number },
): Subject[] {
  const { kind, id } = addressOf(stream);
  if (isOver) return [];
  const thorough = isSeldom(id, turn);
  switch (kind) {
    case 'job':
      return thorough || at < quietSince ? [{ kind, id, thorough }] : [];
    case 'trigger':
    case 'dependency':
      return thorough || at < quietSince ? [{ kind, id }] : [];
    // Pools are in no list, and what else there may be is nobody's to compare.
    default:
      return [];
  }
}

/** Whether it is the turn of a stream, which its name says: in each turn of another part of them. */
function isSeldom(id: string, turn: number): boolean {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % SELDOM === turn % SELDOM;
}
