import * as z from 'zod';
import { COMPONENT_TYPES, HEALTH_STATUSES } from '../core/health/health';

/**
 * How the engine and what it depends on are, as crosses HTTP: "Health Check Response Format for HTTP APIs"
 * (draft-inadarei-api-health-check), whose names are not ours.
 */

/** The content type of the draft. */
export const HEALTH_JSON = 'application/health+json';

const status = z.enum(HEALTH_STATUSES);

export const healthView = z.object({
  /** `fail` is answered with 503, and with it alone: what is tolerated is `warn`. */
  status,
  /** Of the API. */
  version: z.literal('1'),
  serviceId: z.literal('reprise'),
  description: z.string(),
  /** By `component:measurement`. */
  checks: z
    .record(
      z.string(),
      z.array(
        z.object({
          componentType: z.enum(COMPONENT_TYPES),
          observedValue: z.number(),
          observedUnit: z.string(),
          status,
          time: z.iso.datetime(),
          output: z.string().optional(),
        }),
      ),
    )
    .optional(),
});
export type HealthView = z.infer<typeof healthView>;
