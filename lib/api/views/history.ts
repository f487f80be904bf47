import type { EffectivenessView, FlakesView, QuarantineView } from '../../contract/history';
import { type EffectivenessRow, effectiveness } from '../../core/history/effectiveness';
import type { Quarantine } from '../../core/history/evidence';
import { hasExpired } from '../../core/history/quarantine';
import { present } from '../../core/model/present';
import type { HistoryStore } from '../../core/ports/history';
import { type FlakeRow, failedNodes, flakeReport } from '../../core/projections/flake-report';
import { timeOf } from './time';

/** What failed lately among the nodes and tests of an owner. @param at milliseconds since the epoch. */
export async function flakesBody(
  history: Pick<HistoryStore, 'failures' | 'ofNode' | 'quarantines'>,
  owner: string,
  at: number,
): Promise<FlakesView> {
  const [failures, quarantines] = await Promise.all([history.failures(owner), history.quarantines(owner)]);
  const nodes = failedNodes(failures);
  const windows = await Promise.all(
    nodes.map(async (node) => [node, await history.ofNode(owner, node)] as const),
  );
  const rows = flakeReport({ failures, quarantines, at, windows: new Map(windows) });
  return { flakes: rows.map((row) => flakeBody(row, at)) };
}

function flakeBody({ flake, quarantine, ...row }: FlakeRow, at: number): FlakesView['flakes'][number] {
  const { id, of, name } = row;
  return {
    ...{ id, of, name, ...flake, proposed: row.isProposed },
    ...present({ quarantine: quarantine && quarantineBody(quarantine, at) }),
    ...{ last_failed_at: timeOf(row.lastFailedAt), last_failed_in: row.lastFailedIn },
  };
}

/** @param at milliseconds since the epoch. */
export function quarantineBody(quarantine: Quarantine, at: number): QuarantineView {
  const { createdAt, expiresAt, ...rest } = quarantine;
  const times = { created_at: timeOf(createdAt), expires_at: timeOf(expiresAt) };
  return { ...rest, ...times, expired: hasExpired(quarantine, at) };
}

/** What retries of an owner came to, or without one those of everyone. */
export async function effectivenessBody(
  history: Pick<HistoryStore, 'retries'>,
  owner: string | undefined,
  slotHourUsd: number | undefined,
): Promise<EffectivenessView> {
  const rows = effectiveness(await history.retries(owner), { slotHourUsd });
  return { effectiveness: rows.map(rowBody) };
}

type Row = EffectivenessView['effectiveness'][number];

function rowBody(row: EffectivenessRow): Row {
  const { signature, recommendation } = row;
  return { signature, ...effectBody(row), recommendation };
}

/** How well a strategy does, without whose failures it was tried after. */
export function effectBody(
  row: Omit<EffectivenessRow, 'signature' | 'recommendation'>,
): Omit<Row, 'signature' | 'recommendation'> {
  const { waitedMs, spentMs, slotMs, costUsd, ...rest } = row;
  return {
    class: rest.class,
    ...{ strategy: rest.strategy, attempts: rest.attempts, resolved: rest.resolved, share: rest.share },
    ...{ low: rest.low, high: rest.high },
    ...{ waited_seconds: waitedMs / 1_000, spent_seconds: spentMs / 1_000, slot_seconds: slotMs / 1_000 },
    ...present({ cost_usd: costUsd }),
  };
}
