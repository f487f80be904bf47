import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { MISSED_POLICIES, OVERLAP_POLICIES } from '../core/messages/trigger-definition';
import { line, recordOf, text } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { DEEDS } from '../core/trigger/state';
import { eventsQuery, ownerQuery, recordedEvent, submitJobRequest } from './jobs';
import { listKeys, nextPage } from './list';

/** The part of the REST API that manages triggers: schedules, and rules that make jobs of events. */

/** Of a trigger; the owner's own. */
export const triggerName = idSchema;
export const triggerParams = z.object({ name: triggerName });

/** `GET /triggers/{name}/events` */
export const triggerEventsQuery = eventsQuery.extend(ownerQuery.shape);

/** `POST /triggers/{name}/pause` and `/unpause` */
export const triggerReason = z.strictObject({
  reason: line(LIMITS.reasonLength).min(1).default('by request'),
});

const schedule = z.strictObject({
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: line(LIMITS.cronLength),
  /** IANA name, such as Europe/Paris. */
  timezone: line(LIMITS.idLength).default('UTC'),
  /** Runs that were due while nobody could start them: none, the latest one, or all of the last 24 hours (100 at most). */
  missed: z.enum(MISSED_POLICIES).default('latest'),
});

/** `PUT /triggers/{name}`: makes a trigger, or changes it; repeated, it changes nothing. */
export const putTriggerRequest = z.strictObject({
  on: z
    .strictObject({
      schedule: schedule.optional(),
      /** An event pattern as EventBridge reads it, over `source`, `detail-type`, `detail` and so on. */
      event: recordOf(text(LIMITS.patternLength), z.json(), {
        most: LIMITS.patternLength,
        bytes: LIMITS.patternBytes,
      }).optional(),
    })
    .refine(({ schedule, event }) => (schedule === undefined) !== (event === undefined), {
      message: 'write either schedule: { cron, timezone } or event: { a pattern }',
    }),
  /** When a job of it runs: start another, skip, wait for its end (the latest one waits), or cancel it. */
  overlap: z.enum(OVERLAP_POLICIES).optional(),
  /** As for `POST /jobs`. A parameter such as `$.detail.commit` takes its value from the event. */
  job: submitJobRequest,
});
export type PutTriggerRequest = z.input<typeof putTriggerRequest>;

/** One thing that a trigger did. */
const deed = z.object({
  what: z.enum(DEEDS),
  at: z.iso.datetime(),
  /** The time that was due, or what asked for it. */
  firing: z.string().optional(),
  job_id: z.string().optional(),
  why: z.string().optional(),
});

const triggerSummary = z.object({
  name: triggerName,
  status: z.enum(['active', 'paused']),
  on: z.union([
    z.object({ schedule: z.object({ cron: z.string(), timezone: z.string(), missed: z.string() }) }),
    z.object({ event: z.record(z.string(), z.unknown()) }),
  ]),
});
export type TriggerSummary = z.infer<typeof triggerSummary>;

/** `GET /triggers/{name}`, and the answer to every change. */
export const triggerView = triggerSummary.extend({
  overlap: z.enum(OVERLAP_POLICIES),
  job: z.object({
    graph_hash: z.string(),
    priority: z.string(),
    pool: z.string(),
    deadline_seconds: z.number().optional(),
    parameters: z.record(z.string(), z.string()).optional(),
  }),
  /** Jobs of it that are not known to be over. */
  running: z.array(z.string()),
  /** The firing that waits for them. */
  waiting: z.string().optional(),
  /** When its schedule is due next. */
  next: z.array(z.iso.datetime()).optional(),
  /** What it did last, latest first. */
  recent: z.array(deed),
});
export type TriggerView = z.infer<typeof triggerView>;

/** `GET /triggers` */
export const listTriggersQuery = ownerQuery.extend({
  status: z.enum(['active', 'paused']).optional(),
  ...listKeys(['name', '-name', 'status', '-status']),
});

/** `GET /triggers?owner=NAME`: the caller's own, or whose an administrator asks for. */
export const listTriggersResponse = z.object({ triggers: z.array(triggerSummary), ...nextPage });

/** `GET /triggers/{name}/events?from=SEQ&limit=N` */
export const triggerEventsResponse = z.object({
  name: triggerName,
  events: z.array(recordedEvent),
  /** Where the next page begins; absent on the last. */
  next_from: z.number().optional(),
});

/** `POST /triggers/{name}/fire`: 202, and the jobs that it starts now; none when its overlap policy says so. */
export const fireTriggerResponse = z.object({ name: triggerName, job_ids: z.array(z.string()) });
export type FireTriggerResponse = z.infer<typeof fireTriggerResponse>;
