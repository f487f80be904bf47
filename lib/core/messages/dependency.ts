import * as z from 'zod';
import { LIMITS } from '../limits';
import { amount, text, time } from '../model/bounded';
import { idSchema } from '../model/ids';
import type { ReadOnly } from '../model/read-only';

/**
 * What the engine itself depends on. Calls of its own are observed under these names, attempts are not:
 * `test-execution` is the handing of attempts to workers over HTTP; the others are reserved, and nothing calls them yet.
 */
export const OWN_DEPENDENCIES = ['test-execution', 'notification', 'reporting'] as const;
export type OwnDependency = (typeof OWN_DEPENDENCIES)[number];

/** How a dependency stands: calls go through, none does, or a few that find out whether it is well again. */
export const DEPENDENCY_STATUSES = ['closed', 'open', 'halfOpen'] as const;
export type DependencyStatus = (typeof DEPENDENCY_STATUSES)[number];

/** What a person may hold a breaker at. */
export const FORCED_STATUSES = ['open', 'closed'] as const;

const by = text(LIMITS.ownerLength);
const reason = text(LIMITS.reasonLength);

/** What the breaker of a dependency is told. The time is added by the shell that decides it. */
export const dependencyMessageSchema = z.discriminatedUnion('type', [
  /** A call is over, or an attempt that needed the dependency. */
  z.object({
    type: z.literal('observed'),
    ok: z.boolean(),
    /** Names the call: said once more, it counts once. */
    by: text(LIMITS.traceIdLength),
    /** When it began, milliseconds since the epoch. */
    startedAt: time(),
    /** How long it took, where that says something of the dependency. */
    durationMs: amount(LIMITS.deadlineMs).exactOptional(),
  }),
  /** The pool hands out work that needs it, and wants to know how it stands, now and at every change. */
  z.object({ type: z.literal('watched'), pool: idSchema }),
  /** It has been open for its time. `until` is the time it was open until: what is due for an earlier one is late. */
  z.object({ type: z.literal('due'), until: time() }),
  /** A person holds it open or closed, whatever is observed, until it is reset. */
  z.object({ type: z.literal('forced'), status: z.enum(FORCED_STATUSES), by, reason }),
  /** A person has it begin anew: closed, and nothing observed. */
  z.object({ type: z.literal('reset'), by, reason }),
]);
export type DependencyMessage = ReadOnly<z.infer<typeof dependencyMessageSchema>>;
