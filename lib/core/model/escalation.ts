import * as z from 'zod';
import { amount, line } from './bounded';
import type { ReadOnly } from './read-only';

const STEPS = 8;
const WHO = 128;

/** Who is told when a recovery has failed: one after the other, for as long as nobody has taken it up. */
export const escalationSchema = z
  .array(
    z.strictObject({
      /** A person, a rota or a channel, as whoever notifies knows them. */
      notify: line(WHO).min(1),
      /** Minutes after the recovery failed. */
      afterMinutes: amount(7 * 24 * 60),
    }),
  )
  .min(1)
  .max(STEPS)
  .refine(
    (steps) =>
      steps.every(({ afterMinutes }, i) => i === 0 || afterMinutes > (steps[i - 1]?.afterMinutes ?? 0)),
    'each step must come later than the one before it',
  );
export type Escalation = ReadOnly<z.infer<typeof escalationSchema>>;

/** Where nobody has said otherwise. */
export const DEFAULT_ESCALATION: Escalation = [
  { notify: 'on-call', afterMinutes: 0 },
  { notify: 'team-lead', afterMinutes: 15 },
  { notify: 'engineering-manager', afterMinutes: 60 },
];
