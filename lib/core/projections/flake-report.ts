import type { FlakeRate, Quarantine } from '../history/evidence';
import { flakeRate, isProposed, testFlakes } from '../history/flakes';
import { hasExpired } from '../history/quarantine';
import type { AttemptSample } from '../history/samples';

/** A node or a test that failed lately, with how often it does. */
export interface FlakeRow {
  /** Of a node its hash, of a test its key: what a quarantine is entered under. */
  readonly id: string;
  readonly of: 'node' | 'test';
  readonly name: string;
  readonly flake: FlakeRate;
  /** It fails so often that it should be quarantined, and is not. */
  readonly isProposed: boolean;
  readonly quarantine?: Quarantine;
  /** When it last failed, milliseconds since the epoch, and the job. */
  readonly lastFailedAt: number;
  readonly lastFailedIn: string;
}

export interface FlakeReportInput {
  /** The latest failed attempts, newest first. */
  readonly failures: readonly AttemptSample[];
  /** The latest attempts of each of their nodes, by node hash. */
  readonly windows: ReadonlyMap<string, readonly AttemptSample[]>;
  readonly quarantines: readonly Quarantine[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Nodes whose attempts are looked at: those that failed last. */
const REPORTED_NODES = 50;

/** Hashes of the nodes that failed last, as many as a report looks at. */
export function failedNodes(failures: readonly AttemptSample[]): string[] {
  return [...new Set(failures.map(({ node }) => node))].slice(0, REPORTED_NODES);
}

/** What failed lately: proposed for quarantine first, then by how often it fails though its input passes. */
export function flakeReport({ failures, windows, quarantines, at }: FlakeReportInput): FlakeRow[] {
  const known = new Map(quarantines.map((each) => [each.id, each]));
  const row = (of: FlakeRow['of'], id: string, rest: Pick<FlakeRow, 'name' | 'flake'>): FlakeRow => {
    const quarantine = known.get(id);
    const isOpen = quarantine !== undefined && !hasExpired(quarantine, at);
    const last = failures.find(({ node, failed = [] }) =>
      of === 'node' ? node === id : failed.some(({ key }) => key === id),
    );
    return {
      ...{ id, of, ...rest, isProposed: !isOpen && isProposed(rest.flake) },
      ...{ lastFailedAt: last?.at ?? 0, lastFailedIn: last?.jobId ?? '' },
      ...(quarantine && { quarantine }),
    };
  };
  const nodes = [...windows].map(([id, window]) =>
    row('node', id, { name: window[0]?.nodeId ?? id, flake: flakeRate(window) }),
  );
  const tests = testFlakes([...windows.values()].flat()).map(({ key, ...rest }) => row('test', key, rest));
  return [...nodes, ...tests].sort(
    (a, b) =>
      Number(b.isProposed) - Number(a.isProposed) ||
      b.flake.low - a.flake.low ||
      b.lastFailedAt - a.lastFailedAt ||
      (a.id < b.id ? -1 : 1),
  );
}
