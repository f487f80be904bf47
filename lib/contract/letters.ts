import * as z from 'zod';
import { LETTER_ENDS, LETTER_STATUSES } from '../core/dlq/state';
import { LIMITS } from '../core/limits';
import { LETTER_KINDS, REDRIVE_MODES, RESOLUTIONS } from '../core/messages/letter';
import { line, positive, text } from '../core/model/bounded';
import { parseDuration } from '../core/model/duration';
import { FAILURE_CLASSES } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { type Outputs, outputsSchema } from '../core/model/outputs';
import { parametersSchema } from '../core/model/parameters';
import { ownerQuery } from './jobs';
import { listKeys, nextPage } from './list';

/** Letters: what failed for good, parked for a person. Grouped by owner and signature. */

export const letterGroupParams = z.object({ group: idSchema });

/** `?letters_from=ID`: the page of letters that begins with this one. */
export const letterGroupQuery = z.strictObject({ letters_from: idSchema.optional() });

const time = z.iso.datetime();

const summary = z.object({
  group: idSchema,
  kind: z.enum(LETTER_KINDS),
  class: z.enum(FAILURE_CLASSES).optional(),
  signature: z.string(),
  owner: z.string(),
  /** That of the letter which is furthest from being done. */
  status: z.enum(LETTER_STATUSES),
  /** Letters that are not resolved. */
  open: z.number(),
  /** All that are shown, resolved ones included. */
  letters: z.number(),
  assignee: z.string().optional(),
  /** When the oldest of those that are not resolved was parked. */
  oldest_at: time.optional(),
  last_parked_at: time,
  /** The beginning of what the latest said. */
  said: z.string(),
});
export type LetterGroupSummary = z.infer<typeof summary>;

/** `GET /letters`: an administrator sees poisoned messages, which are nobody's, by `kind=message`. */
export const listLettersQuery = ownerQuery.extend({
  status: z.enum(LETTER_STATUSES).optional(),
  class: z.enum(FAILURE_CLASSES).optional(),
  kind: z.enum(LETTER_KINDS).optional(),
  ...listKeys(['-last_parked_at', 'last_parked_at'], LIMITS.lettersPage, 20),
});

/** The group in which a letter was parked last comes first. */
export const listLettersResponse = z.object({
  groups: z.array(summary),
  /** Where the next page begins; absent on the last. */
  ...nextPage,
});
export type ListLettersResponse = z.infer<typeof listLettersResponse>;

const letter = z.object({
  letter_id: idSchema,
  kind: z.enum(LETTER_KINDS),
  status: z.enum(LETTER_STATUSES),
  job_id: z.string().optional(),
  graph: z.string().optional(),
  node_id: z.string().optional(),
  attempt: z.number().optional(),
  worker_id: z.string().optional(),
  queue: z.string().optional(),
  first_parked_at: time,
  parked_at: time,
  /** Why it lies here. */
  why: z.string(),
  /** How often it was redriven and came back. */
  redriven: z.number(),
  assignee: z.string().optional(),
  resolved: z
    .object({ how: z.enum(LETTER_ENDS), at: time, by: z.string().optional(), why: z.string().optional() })
    .optional(),
  /** What it said; of the latest letters. */
  said: z.string().optional(),
  /** Tests that failed, and how many more there are. */
  tests: z.array(z.string()).optional(),
  more_tests: z.number().optional(),
});
export type LetterView = z.infer<typeof letter>;

/** `GET /letters/{group}` */
export const letterGroupView = summary.omit({ letters: true }).extend({
  /** That the class is right, 0 to 1. */
  confidence: z.number().optional(),
  /** Latest first. */
  letters: z.array(letter),
  /** Where the next page of letters begins, for `letters_from`; absent on the last. */
  next_letters: z.string().optional(),
  notes: z.array(z.object({ text: z.string(), by: z.string(), at: time, letter_id: z.string().optional() })),
  /** The redrive that is under way. */
  order: z
    .object({
      ...{ order_id: z.string(), by: z.string(), reason: z.string(), mode: z.enum(REDRIVE_MODES) },
      ...{ per_minute: z.number(), started_at: time, sent: z.number(), waiting: z.number() },
      /** The letter that the others wait for. */
      canary: z.string().optional(),
      /** When it goes on, where the minute has had all it may. */
      until: time.optional(),
    })
    .optional(),
  /** The redrive before. */
  last_order: z
    .object({
      ...{ order_id: z.string(), by: z.string(), mode: z.enum(REDRIVE_MODES), started_at: time },
      ...{ ended_at: time, sent: z.number(), left: z.number() },
      /** Why it was stopped. */
      why: z.string().optional(),
    })
    .optional(),
});
export type LetterGroupView = z.infer<typeof letterGroupView>;

/** What was asked for, and what of it is left out. */
export const changedLettersResponse = letterGroupView.extend({
  left: z.object({ count: z.number(), why: z.string() }).optional(),
});
export type ChangedLetters = z.infer<typeof changedLettersResponse>;

const letters = z.array(idSchema).min(1).max(LIMITS.lettersAtOnce).optional();
const reason = line(LIMITS.reasonLength).min(1).default('by request');

/** `10m`, or a number of seconds; read as milliseconds. */
const timeout = z.union([text(32), positive(LIMITS.durationMs)]).transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0 && ms <= LIMITS.durationMs) return ms;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 90s or 10m, 14 days at most' });
  return z.NEVER;
});

/** What nodes run with from now on; what is left out stays as the graph and the job say. */
const input = z
  .strictObject({
    /** In place of the command. */
    run: text(LIMITS.runLength).min(1).optional(),
    /** Before those of the job. */
    parameters: parametersSchema.optional(),
    timeout: timeout.optional(),
    /** Of a poisoned message: its text, in place of its own. */
    body: text(LIMITS.poisonedBody).min(1).optional(),
  })
  .refine((edited) => Object.values(edited).some((value) => value !== undefined), {
    message: 'must edit something: run, parameters or timeout; of a poisoned message, body',
  });

/** `POST /letters/{group}/redrive`: what is parked runs again. */
export const redriveLettersRequest = z.strictObject({
  /** All that are open, where it is left out. */
  letters,
  /** `canary`: one first, and the rest when it has ended well. */
  mode: z.enum(REDRIVE_MODES).default('canary'),
  /** Letters in any minute at most. */
  per_minute: positive(LIMITS.redrivesPerMinute).optional(),
  input: input.optional(),
  /** Those too that came back too often, beyond what the type of their job allows, in place of a redrive under way. */
  force: z.boolean().default(false),
  reason,
});
export type RedriveLettersRequest = z.input<typeof redriveLettersRequest>;

/** `POST /letters/{group}/redrive/stop`: the redrive under way goes no further. */
export const stopRedriveRequest = z.strictObject({ reason });
export type StopRedriveRequest = z.input<typeof stopRedriveRequest>;

/** `POST /letters/{group}/resolve`: what is parked does not run again. */
export const resolveLettersRequest = z
  .strictObject({
    letters,
    /** `skip`: nodes count as skipped; `succeed`: as succeeded, with `outputs`; `abort`: their jobs are cancelled. */
    how: z.enum(RESOLUTIONS),
    outputs: outputsSchema.optional(),
    reason,
  })
  .refine(({ how, outputs }) => outputs === undefined || how === 'succeed', {
    path: ['outputs'],
    message: 'are handed on only by nodes that count as succeeded: `how` must be `succeed`',
  });
export type ResolveLettersRequest = z.input<typeof resolveLettersRequest> & { readonly outputs?: Outputs };

/** `POST /letters/{group}/assign` */
export const assignLettersRequest = z.strictObject({ letters, to: line(LIMITS.ownerLength).min(1) });
export type AssignLettersRequest = z.input<typeof assignLettersRequest>;

/** `POST /letters/{group}/notes` */
export const noteLettersRequest = z.strictObject({
  text: text(LIMITS.reasonLength).min(1),
  letter_id: idSchema.optional(),
});
export type NoteLettersRequest = z.input<typeof noteLettersRequest>;
