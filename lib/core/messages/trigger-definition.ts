import * as z from 'zod';
import { LIMITS } from '../limits';
import { positive, recordOf, text } from '../model/bounded';
import { canonicalJson } from '../model/canonical';
import { idSchema } from '../model/ids';
import { parametersSchema } from '../model/parameters';
import { PRIORITIES } from '../model/priority';
import type { ReadOnly } from '../model/read-only';

/** What a schedule does about runs that were due while nobody could start them. */
export const MISSED_POLICIES = ['skip', 'latest', 'all'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

/** What a trigger does when it fires while a job of it runs. */
export const OVERLAP_POLICIES = ['allow', 'skip', 'queue', 'cancel'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** An event pattern: a JSON object, whose recursive type would burden whatever holds it. */
const patternSchema: z.ZodType<Readonly<Record<string, unknown>>> = recordOf(
  text(LIMITS.patternLength),
  z.json(),
  { most: LIMITS.patternLength, bytes: LIMITS.patternBytes },
);

/** A parsed trigger, as its journal keeps it. Edges validate cron, time zone and pattern before it gets here. */
export const triggerDefinitionSchema = z.object({
  name: idSchema,
  source: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('schedule'),
      /** Five fields, canonical. */
      cron: text(LIMITS.cronLength),
      /** IANA name. */
      timezone: text(LIMITS.idLength),
      missed: z.enum(MISSED_POLICIES),
    }),
    z.object({
      kind: z.literal('event'),
      /** An EventBridge event pattern. */
      pattern: patternSchema,
    }),
  ]),
  overlap: z.enum(OVERLAP_POLICIES),
  job: z.object({
    graphHash: text(LIMITS.hashLength),
    priority: z.enum(PRIORITIES),
    pool: idSchema,
    /** From the submission, milliseconds. */
    deadlineMs: positive(LIMITS.deadlineMs).exactOptional(),
    /** Values, or paths into the event such as `$.detail.commit`. */
    parameters: parametersSchema.exactOptional(),
  }),
});
export type TriggerDefinition = ReadOnly<z.infer<typeof triggerDefinitionSchema>>;
export type TriggerSource = TriggerDefinition['source'];
export type ScheduleSource = Extract<TriggerSource, { kind: 'schedule' }>;

/** Whether two definitions, or parts of them, say the same, in whatever order their keys stand. */
export function isSame<T extends object>(one: T | undefined, other: T): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
