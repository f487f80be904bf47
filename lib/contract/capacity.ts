import * as z from 'zod';
import { BOUND_KINDS } from '../core/capacity/bottleneck-bound';
import { readPrices } from '../core/capacity/capacity-fleet';
import { LIMITS } from '../core/limits';
import { line, positive, text } from '../core/model/bounded';
import { CAPACITY_CONDITIONS } from '../core/model/capacity';
import { idSchema } from '../core/model/ids';
import { resourcesSchema } from '../core/model/resources';

/** What bounds the makespan of jobs, what fleet is needed, and what another one would do, as it crosses HTTP. */

const prices = text(LIMITS.messageLength).superRefine((given, { addIssue }) => {
  const read = readPrices(given);
  if ('problem' in read) addIssue({ code: 'custom', message: read.problem });
});
const whole = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
const jobs = (usual: number) => whole(LIMITS.replayedJobs, usual);

/** The latest `jobs` jobs of the pool that are over. */
export const bottlenecksQuery = z.strictObject({ pool: idSchema.default('default'), jobs: jobs(100) });

const time = z.iso.datetime();
const seconds = z.number();

/** `GET /health/bottlenecks` */
export const bottlenecksView = z.object({
  pool: idSchema,
  jobs: z.number(),
  /** Of jobs, from submission to end, mean. */
  makespan_seconds: seconds,
  /** The same in the replay in which nothing is changed: how far the wins can be trusted. */
  replayed_seconds: seconds,
  /** What wins most first. */
  bottlenecks: z.array(
    z.object({
      kind: z.enum(BOUND_KINDS),
      /** Empty of `slots` and `queue`. */
      name: z.string(),
      /** One unit more of it, in words. */
      change: z.string(),
      /** How much shorter a job is with that on average, in the replay. */
      won_seconds: seconds,
      /** What critical paths spent in it or waiting for it, a job. */
      blamed_seconds: seconds,
      utilization: z.number().optional(),
      arrivals_per_hour: z.number(),
      mean_wait_seconds: seconds,
      mean_queue: z.number(),
    }),
  ),
});
export type BottlenecksView = z.infer<typeof bottlenecksView>;

/** `GET /capacity/capacity` */
export const capacityQuery = z.strictObject({
  pool: idSchema.default('default'),
  jobs: jobs(500),
  /** What 95 in 100 attempts are to wait for a worker at most. */
  target_wait_seconds: z.coerce
    .number()
    .min(0)
    .max(LIMITS.deadlineMs / 1_000)
    .default(60),
  horizon_hours: whole(LIMITS.horizonHours, 168),
  /** Prices of an hour of a worker: `0.10`, `0.10,gpu=0.90`. */
  worker_hour_usd: prices.optional(),
});

const kind = z.object({
  labels: z.union([z.literal('*'), z.array(z.string())]),
  slots: z.number(),
  resources: resourcesSchema.optional(),
  count: z.number(),
});
const plannedFleet = z.object({
  kinds: z.array(kind),
  workers: z.number(),
  slots: z.number(),
  wait_p95_seconds: seconds,
  utilization: z.number(),
  hour_usd: z.number().optional(),
});
export type PlannedFleetView = z.infer<typeof plannedFleet>;

export const capacityView = z.object({
  pool: idSchema,
  jobs: z.number(),
  demand: z.object({
    hours: z.number(),
    mean_slots: z.number(),
    peak_slots: z.number(),
    season: z.enum(['week', 'day', 'none']),
    expected_peak_slots: z.number(),
    high_peak_slots: z.number(),
  }),
  /** How many times the recorded demand the fleets are tried with. */
  rate: z.number(),
  target_wait_seconds: seconds,
  /** What no number of workers gets below. */
  floor_wait_seconds: seconds,
  reachable: z.boolean(),
  current: plannedFleet,
  recommended: plannedFleet,
  erlang_slots: z.number(),
  /** What stands of the pool's warnings. */
  warnings: z.array(z.object({ condition: z.enum(CAPACITY_CONDITIONS), since: time })).optional(),
});
export type CapacityView = z.infer<typeof capacityView>;

/** `GET /capacity/usage`: up to now; of the latest `jobs` jobs that are over. */
export const usageQuery = z.strictObject({
  pool: idSchema.default('default'),
  jobs: jobs(100),
  hours: z.coerce.number().positive().max(LIMITS.horizonHours).default(1),
});

export const usageView = z.object({
  pool: idSchema,
  step_seconds: seconds,
  /** Means over a step, the oldest first. */
  points: z.array(z.object({ at: time, slots: z.number(), used: z.number(), waiting: z.number() })),
  /** Whose jobs had the slots, who had most first. */
  owners: z.array(
    z.object({
      owner: z.string(),
      jobs: z.number(),
      slot_seconds: seconds,
      wait_p50_seconds: seconds,
      wait_p95_seconds: seconds,
    }),
  ),
});
export type UsageView = z.infer<typeof usageView>;

/** `POST /capacity/what-if` */
const fleet = z
  .array(
    z.strictObject({
      labels: z.union([z.literal('*'), z.array(text(LIMITS.idLength)).max(LIMITS.workerLabels)]).default('*'),
      slots: positive(LIMITS.workerSlots).default(1),
      resources: resourcesSchema.exactOptional(),
      count: positive(LIMITS.fleetWorkers).default(1),
    }),
  )
  .min(1, 'must list at least one kind of worker')
  .max(LIMITS.fleetKinds)
  .refine((kinds) => kinds.reduce((sum, { count }) => sum + count, 0) <= LIMITS.fleetWorkers, {
    error: `must have ${LIMITS.fleetWorkers} workers at most`,
  });

export const scenarioSchema = z.strictObject({
  name: line(LIMITS.idLength).min(1),
  fleet: fleet.exactOptional(),
  max_running_jobs: positive(LIMITS.runningJobs).exactOptional(),
  /** Ready work goes by the longest remaining path (`rank`), or as it comes. */
  order: z.enum(['rank', 'arrival']).exactOptional(),
  /** Whether owners share alike. */
  fair: z.boolean().exactOptional(),
  /** Whether priorities count. */
  priorities: z.boolean().exactOptional(),
  worker_hour_usd: prices.exactOptional(),
  /** As if no dependency had been open. */
  without_outages: z.boolean().exactOptional(),
});
export type ScenarioRequest = z.output<typeof scenarioSchema>;

export const whatIfRequest = z.strictObject({
  pool: idSchema.default('default'),
  jobs: positive(LIMITS.replayedJobs).default(100),
  worker_hour_usd: prices.exactOptional(),
  scenarios: z.array(scenarioSchema).max(LIMITS.scenarios).default([]),
});
export type WhatIfRequest = z.input<typeof whatIfRequest>;

const spread = z.object({ mean: seconds, p50: seconds, p95: seconds, max: seconds });
const row = z.object({
  name: z.string(),
  span_seconds: seconds,
  makespan_seconds: spread,
  wait_seconds: spread,
  admission_seconds: spread,
  utilization: z.number(),
  worker_hours: z.number(),
  cost_usd: z.number().optional(),
});
export type WhatIfRowView = z.infer<typeof row>;

export const whatIfView = z.object({
  pool: idSchema,
  jobs: z.number(),
  attempts: z.number(),
  recorded: row,
  /** What was, replayed: what scenarios are to be compared with. */
  replayed: row,
  calibration: z.object({
    makespan_error: z.number(),
    median_job_error: z.number(),
    wait_p95_error_seconds: seconds,
  }),
  scenarios: z.array(row),
});
export type WhatIfView = z.infer<typeof whatIfView>;
