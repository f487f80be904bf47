import * as z from 'zod';
import { driftSchema } from '../history/drift';
import { DEPENDENCY_STATUSES } from '../messages/dependency';
import type { ReadOnly } from '../model/read-only';
import type { DependencyState } from './state';

/** Raise the number whenever the fold changes, in its shape or in what events make of it. */
export const DEPENDENCY_FOLD = 'dependency/2';

const time = z.number();
const status = z.enum(DEPENDENCY_STATUSES);

/** The fold of a dependency as plain JSON. */
export const dependencySnapshotSchema = z.object({
  status,
  forced: z.boolean(),
  since: time,
  openUntil: time.exactOptional(),
  openings: z.int(),
  probes: z.int(),
  window: z.array(z.object({ ok: z.boolean(), slow: z.literal(true).exactOptional(), by: z.string() })),
  drift: driftSchema,
  degradingSince: time.exactOptional(),
  version: z.int(),
  watchers: z.array(z.string()),
  recent: z.array(z.object({ status, at: time, why: z.string(), by: z.string().exactOptional() })),
});

export const freezeDependency = (state: ReadOnly<DependencyState>): unknown => state;

/** @throws ZodError where it is no snapshot of this fold. */
export const thawDependency = (frozen: unknown): DependencyState => dependencySnapshotSchema.parse(frozen);
