import { createMachineRegistry } from '../../../../../lib/adapters/aws/machines/registry';
import type { SfnMachines } from '../../../../../lib/adapters/aws/machines/sfn-machines';
import type { Compilation } from '../../../../../lib/core/dag/compile';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { RepriseError } from '../../../../../lib/core/errors';
import type { GraphRecord, GraphRecords, MachineStatus } from '../../../../../lib/core/ports/machines';
import { chain } from '../../../../support/graphs';

export const ARN_PREFIX = 'arn:aws:states:eu-west-1:111122223333:stateMachine:reprise-dev-';
export const GRAPH = chain(3);
export const HASH = graphHash(GRAPH);

/** The conditions of the table, in memory; `test/contract` runs the same cases against the table itself. */
export function memoryRecords(): GraphRecords & { readonly items: Map<string, GraphRecord> } {
  const items = new Map<string, GraphRecord>();
  const change = (hash: string, holds: (status?: MachineStatus) => boolean, set: Partial<GraphRecord>) => {
    const old = items.get(hash);
    if (!holds(old?.status)) return false;
    items.set(hash, { ...(old ?? { hash, status: 'requested', lastUsedAt: 0, changedAt: 0 }), ...set });
    return true;
  };
  return {
    items,
    get: async (hash) => items.get(hash),
    noted: async (hash, at) =>
      change(hash, (status) => status === undefined || status === 'absent', {
        ...{ status: 'noted', lastUsedAt: at, changedAt: at },
      }),
    refused: async (hash, at) =>
      change(hash, (status) => status !== 'ready', { status: 'refused', lastUsedAt: at, changedAt: at }),
    count: async (atMost) => {
      const listed = [...items.values()].filter(
        ({ origin, status }) => origin === 'registered' && status === 'ready',
      );
      return Math.min(
        atMost,
        listed.reduce((sum, { machines }) => sum + (machines?.length ?? 1), 0),
      );
    },
    requested: async (hash, at) =>
      change(hash, (status) => status !== 'ready' && status !== 'pending', {
        status: 'requested',
        lastUsedAt: at,
        changedAt: at,
      }),
    pending: async (hash, machines, at) =>
      change(hash, (status) => status !== 'ready', {
        ...{ status: 'pending', origin: 'registered', machines },
        ...{ lastUsedAt: at, changedAt: at },
      }),
    ready: async (hash, origin, { machines, at }) =>
      void change(hash, () => true, { status: 'ready', origin, machines, lastUsedAt: at, changedAt: at }),
    used: async (hash, at) => change(hash, (status) => status === 'ready', { lastUsedAt: at }),
    deleting: async (hash, seen, at) =>
      change(hash, (status) => status === 'ready' && items.get(hash)?.lastUsedAt === seen, {
        status: 'deleting',
        changedAt: at,
      }),
    absent: async (hash, at) =>
      void change(hash, (status) => status === 'ready' || status === 'deleting', {
        status: 'absent',
        changedAt: at,
      }),
    unused: async (before, limit) =>
      [...items.values()]
        .filter(({ origin, status }) => origin === 'registered' && status !== 'absent')
        .filter(({ lastUsedAt }) => lastUsedAt < before)
        .sort((one, other) => one.lastUsedAt - other.lastUsedAt)
        .slice(0, limit)
        .map(({ hash }) => hash),
  };
}

/** Step Functions in memory. */
export class MemoryMachines implements SfnMachines {
  readonly made = new Map<string, string>();
  readonly running = new Set<string>();
  /** Machines that may be made before it wants the rest later. */
  quota = Number.POSITIVE_INFINITY;

  readonly create = async (arn: string, definition: string) => {
    if (this.made.has(arn)) return;
    if (this.quota-- <= 0) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');
    this.made.set(arn, definition);
  };
  readonly exists = async (arn: string) => this.made.has(arn);
  readonly isRunning = async (arn: string) => this.running.has(arn);
  readonly remove = async (arn: string) => void this.made.delete(arn);
  readonly startable = (arn: string) => `${arn}:live`;
}

/** A registry over memory. `split` gives the graph's compilation two more machines. */
export function registryWorld({ split = false, budget = 100 } = {}) {
  const records = memoryRecords();
  const machines = new MemoryMachines();
  const kept = new Map<string, Compilation>();
  const clock = { now: 1_000 };
  const registry = createMachineRegistry({
    graphs: {
      get: async (hash) => {
        if (hash === HASH) return GRAPH;
        throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} is stored`);
      },
    },
    compilations: {
      get: async (hash) => kept.get(hash),
      put: async (compilation) => {
        const parts = split ? ['part-1', 'part-2'].map((name) => ({ name, definition: start(name) })) : [];
        const whole = { ...compilation, machines: [...compilation.machines, ...parts] };
        if (!kept.has(HASH)) kept.set(HASH, whole);
        return kept.get(HASH) ?? whole;
      },
    },
    records,
    machines,
    arnPrefix: ARN_PREFIX,
    jobsQueueUrl: 'https://sqs/jobs.fifo',
    budget,
    clock: () => clock.now,
  });
  return { registry, records, machines, kept, clock };
}

function start(name: string) {
  return {
    Comment: name,
    StartAt: 's',
    States: { s: { Type: 'Pass' as const, End: true as const, Result: '${machine:part-2}' } },
  } as unknown as Compilation['machines'][number]['definition'];
}
