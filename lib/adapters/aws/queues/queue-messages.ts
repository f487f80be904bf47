import * as z from 'zod';
import type { StreamKind } from '../../../core/messages/address';
import { dependencyMessageSchema } from '../../../core/messages/dependency';
import { jobMessageSchema, submissionSchema } from '../../../core/messages/job';
import { letterMessageSchema } from '../../../core/messages/letter';
import { poolMessageSchema, workItemSchema } from '../../../core/messages/pool';
import { OWNER_FIELD, type PublicEvent, VERSION_FIELD } from '../../../core/messages/public-event';
import { targetMessageSchema } from '../../../core/messages/target';
import { triggerMessageSchema } from '../../../core/messages/trigger';
import { attemptShape } from '../../../core/model/attempt';
import { graphHashSchema, idSchema } from '../../../core/model/ids';

/** Bodies of the queues' messages, as `readMessage` reads them. */
const actor = z.object({ kind: z.enum(['user', 'worker', 'engine', 'timer', 'workflow']), id: z.string() });
const correlated = {
  traceId: z.string().exactOptional(),
  correlationId: z.string().exactOptional(),
};
const origin = { id: z.string(), actor, ...correlated };

function delivery<K extends StreamKind, Message extends z.ZodType>(kind: K, message: Message) {
  return { to: z.object({ kind: z.literal(kind), id: idSchema }), message };
}

const toJob = delivery('job', jobMessageSchema);
const toPool = delivery('pool', poolMessageSchema);
const toTrigger = delivery('trigger', triggerMessageSchema);
const toDependency = delivery('dependency', dependencyMessageSchema);
const toLetter = delivery('letter', letterMessageSchema);
const toTarget = delivery('target', targetMessageSchema);

/** A message to a stream, by the kind of the stream. */
export const inputBodies = {
  /** State machines know only their job and the message; who sent it is then read off the queue. */
  job: z.union([
    z.object({ ...toJob, ...origin }),
    z
      .object({ jobId: idSchema, message: jobMessageSchema })
      .transform(({ jobId, message }) => ({ to: { kind: 'job' as const, id: jobId }, message })),
  ]),
  pool: z.object({ ...toPool, ...origin }),
  trigger: z.object({ ...toTrigger, ...origin }),
  dependency: z.object({ ...toDependency, ...origin }),
  letter: z.object({ ...toLetter, ...origin }),
  target: z.object({ ...toTarget, ...origin }),
} as const satisfies Record<StreamKind, z.ZodType>;
export type InputBody<K extends StreamKind = StreamKind> = z.infer<(typeof inputBodies)[K]>;

/** Messages to one stream, in their order: to lane 0 of it, or to another one. */
const bundleOf = <K extends StreamKind, M extends z.ZodType>(kind: K, message: M) => {
  const to = { kind: z.literal(kind), id: idSchema };
  const inputs = z.array(z.object({ message, ...origin })).min(1);
  return z.union([
    z.object({ to: z.object(to), inputs }),
    z
      .object({ lane: z.object({ ...to, number: z.int().nonnegative() }), inputs })
      .transform(({ lane: { number: _, ...stream }, inputs: given }) => ({ to: stream, inputs: given })),
  ]);
};
export const bundleBodies = {
  job: bundleOf('job', jobMessageSchema),
  pool: bundleOf('pool', poolMessageSchema),
  dependency: bundleOf('dependency', dependencyMessageSchema),
  letter: bundleOf('letter', letterMessageSchema),
  target: bundleOf('target', targetMessageSchema),
} as const;
/** What comes in an ordered queue. */
export const orderedBodies = {
  job: z.union([bundleBodies.job, inputBodies.job]),
  pool: z.union([bundleBodies.pool, inputBodies.pool]),
  dependency: z.union([bundleBodies.dependency, inputBodies.dependency]),
  letter: z.union([bundleBodies.letter, inputBodies.letter]),
  target: z.union([bundleBodies.target, inputBodies.target]),
} as const;
/** Kinds of streams whose messages are ordered. */
export type OrderedKind = keyof typeof orderedBodies;
export type Bundle = z.infer<(typeof bundleBodies)[OrderedKind]>;
export type BundledInput = Bundle['inputs'][number];

/** Queue `timers`. `dueAt`: milliseconds since the epoch. */
export const timerBody = z
  .union([
    z.object(toJob),
    z.object(toPool),
    z.object(toTrigger),
    z.object(toDependency),
    z.object(toLetter),
    z.object(toTarget),
  ])
  .and(z.object({ dueAt: z.number(), id: z.string() }));
export type TimerBody = z.infer<typeof timerBody>;

/** Queue `dispatch`. `pool`: whose lease it is. */
const lease = {
  id: z.string(),
  pool: idSchema,
  workerId: idSchema,
  endpoint: z.url().exactOptional(),
  registration: idSchema.exactOptional(),
};
export const dispatchBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dispatch'), work: workItemSchema, ...lease }),
  z.object({ kind: z.literal('cancel'), work: z.object(attemptShape), reason: z.string(), ...lease }),
]);
export type DispatchBody = z.infer<typeof dispatchBody>;

/** Queue `effects`: the effects of `stream` up to `to` were not confirmed when its events were seen. */
export const effectsBody = z.object({
  ...{ stream: z.string(), to: z.number().int().positive() },
  /** Its clock, rule and timers are gone as well: they are set again. */
  rearm: z.literal(true).exactOptional(),
});
export type EffectsBody = z.infer<typeof effectsBody>;

/** Queue `notifications`: an event of the bus. */
export const noticesBody = z.object({
  'detail-type': z.string(),
  detail: z.looseObject({
    ...{ id: z.string(), at: z.iso.datetime() },
    [OWNER_FIELD]: z.string().default(''),
    [VERSION_FIELD]: z.number().exactOptional(),
  }),
});

/** An event as it was published. */
export function publicEventOf(body: z.infer<typeof noticesBody>): PublicEvent {
  const { id, at, [OWNER_FIELD]: owner, [VERSION_FIELD]: _, ...detail } = body.detail;
  return { id, type: body['detail-type'], at: Date.parse(at), owner, detail };
}

/** Queue `deliveries`: a target of notifications is to be told. */
export const deliveriesBody = z.object({
  target: idSchema,
  deliveryId: z.string(),
  attempt: z.int().positive(),
});

/** Queue `sweeps`: it is time to sweep again. `dueAt`: milliseconds since the epoch. */
export const sweepsBody = z.object({ dueAt: z.number() });
export type SweepsBody = z.infer<typeof sweepsBody>;
/**
 * Queue `redrive`: a letter, which goes on to the DLQ of the queue and is redriven when it comes back from there; or a
 * poisoned message that is to go back where it came from. `round`: which time the letter lies parked.
 */
export const redriveBody = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('letter'),
    ...{ group: idSchema, letterId: idSchema, round: z.int().positive() },
    /** Of which posting it is, and when that was, milliseconds since the epoch: both stay when it is redriven. */
    ...{ posting: z.string(), postedAt: z.number() },
    // For whoever reads it in the console.
    ...{ jobId: idSchema.exactOptional(), nodeId: idSchema.exactOptional(), why: z.string() },
  }),
  z.object({
    kind: z.literal('release'),
    ...{ group: idSchema, letterId: idSchema, times: z.int().nonnegative() },
    ...{ place: z.string().exactOptional(), body: z.string().exactOptional() },
  }),
]);
export type RedriveBody = z.infer<typeof redriveBody>;

/** Queue `graphs`: machines are wanted for a graph. */
export const graphsBody = z.object({ hash: graphHashSchema });
export type GraphsBody = z.infer<typeof graphsBody>;

/** Queue `lessons`: the bus says that a job has ended. */
export const lessonsBody = z.object({
  kind: z.literal('ended'),
  event: z.object({ detail: z.object({ jobId: idSchema }) }),
});

/** Queue `triggers`: a job to submit, by a trigger. */
const submissionBody = z.object({
  kind: z.literal('submission'),
  jobId: idSchema,
  submission: submissionSchema,
  id: z.string(),
});
export type SubmissionBody = z.infer<typeof submissionBody>;

/** Queue `triggers`: an event of the bus that asks for a job. */
const requestBody = z.object({
  kind: z.literal('request'),
  event: z.object({ id: z.string(), source: z.string(), detail: z.unknown() }),
});
export type RequestBody = z.infer<typeof requestBody>;

/** Queue `triggers`: Step Functions says that an execution has ended, and not well. A job's is named by the job. */
const workflowBody = z.object({
  kind: z.literal('workflow'),
  event: z.object({
    detail: z.object({
      name: z.string(),
      executionArn: z.string(),
      /** As JSON. */
      input: z.string().nullish(),
      status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
      error: z.string().nullish(),
      cause: z.string().nullish(),
    }),
  }),
});
export type WorkflowBody = z.infer<typeof workflowBody>;

/** Queue `triggers`: a message to a trigger. Clocks and rules, which send it too, fill in an id only. */
const triggerInputBody = z.object({
  kind: z.literal('input'),
  ...toTrigger,
  id: z.string().exactOptional(),
  actor: actor.exactOptional(),
  ...correlated,
});
export type TriggerInputBody = z.infer<typeof triggerInputBody>;

/** `tries`: how often it was put off, as the queue of its pool was full. */
export const triggersBody = z
  .discriminatedUnion('kind', [triggerInputBody, submissionBody, requestBody, workflowBody])
  .and(z.object({ tries: z.number().int().nonnegative().default(0) }));
export type TriggersBody = z.infer<typeof triggersBody>;
