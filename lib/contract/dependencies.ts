import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { type DEPENDENCY_STATUSES, FORCED_STATUSES } from '../core/messages/dependency';
import { line } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { listKeys, nextPage } from './list';

/** External dependencies and their breakers, as they cross HTTP. */

export const dependencyParams = z.object({ name: idSchema });

const STATES = ['closed', 'open', 'half_open'] as const satisfies readonly unknown[];
const state = z.enum(STATES);
type State = (typeof STATES)[number];

/** How HTTP says the statuses of the engine. */
export const STATE_OF: Readonly<Record<(typeof DEPENDENCY_STATUSES)[number], State>> = {
  closed: 'closed',
  open: 'open',
  halfOpen: 'half_open',
};

const summary = z.object({
  name: idSchema,
  state,
  /** A person holds it so. */
  forced: z.boolean(),
  /** Since when; absent where it was never otherwise. */
  since: z.iso.datetime().optional(),
  /** When it is half open by itself; absent of one that a person holds open. */
  until: z.iso.datetime().optional(),
  why: z.string().optional(),
});
export type DependencySummary = z.infer<typeof summary>;

/** `GET /dependencies` */
export const listDependenciesQuery = z.strictObject({
  state: state.optional(),
  ...listKeys(['name', '-name', 'state', '-state']),
});

/** `GET /dependencies`: those that work names or named. */
export const listDependenciesResponse = z.object({ dependencies: z.array(summary), ...nextPage });

/** `GET /dependencies/{name}`, and the answer to every change. */
export const dependencyView = summary.extend({
  /** Calls that count now, and how many of them failed or were slow. */
  calls: z.object({ counted: z.number(), failed: z.number(), slow: z.number() }),
  /** Of one that is half open: how many may find out at a time in a pool, and how many good ones close it. */
  probes: z.number().optional(),
  /** Pools that hand out work which needs it. */
  pools: z.array(z.string()),
  /** Its latest changes, latest first. */
  recent: z.array(z.object({ state, at: z.iso.datetime(), why: z.string(), by: z.string().optional() })),
});
export type DependencyView = z.infer<typeof dependencyView>;

const reason = line(LIMITS.reasonLength).min(1).default('by request');

/** `POST /dependencies/{name}/force`: it stays so until it is reset. */
export const forceDependencyRequest = z.strictObject({ state: z.enum(FORCED_STATUSES), reason });
export type ForceDependencyRequest = z.input<typeof forceDependencyRequest>;

/** `POST /dependencies/{name}/reset`: closed, and nothing counted. */
export const resetDependencyRequest = z.strictObject({ reason });
