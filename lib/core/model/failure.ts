import * as z from 'zod';
import { LIMITS } from '../limits';
import { amount, text, token } from './bounded';
import type { ReadOnly } from './read-only';

/** How an attempt ended, as its worker saw it. Why it failed is another question, which classification answers. */
export const FAILURE_KINDS = ['exit', 'timeout', 'spawn', 'cancelled', 'condition', 'lost'] as const;

export const failureSchema = z.object({
  kind: z.enum(FAILURE_KINDS),
  /** For a person and the classifier: the last lines of the output, at most 2,000 characters. */
  message: text(LIMITS.messageLength),
  /** From -2^31, as some systems count, to 2^32, as others do. */
  exitCode: z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 32 - 1)
    .exactOptional(),
  signal: token(LIMITS.signalLength).exactOptional(),
  /** How long it asks to be left alone. */
  retryAfterMs: amount(LIMITS.retryAfterMs).exactOptional(),
});
export type Failure = ReadOnly<z.infer<typeof failureSchema>>;

/** Why an attempt failed, which decides whether another one can help. See docs/failure-classes.md. */
export const FAILURE_CLASSES = [
  'network',
  'timeout',
  'rate-limit',
  'dependency',
  'infrastructure',
  'resource',
  'assertion',
  'test-code',
  'configuration',
  'auth',
  'unknown',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** What the product, the test or its surroundings did wrong stays wrong, whatever is tried. See docs/retries.md. */
export const FAULTS: ReadonlySet<FailureClass> = new Set(['assertion', 'test-code', 'configuration', 'auth']);

/** Failures that say something of what an attempt depends on; others say neither that it is well nor that it is not. */
export const OUTSIDE: ReadonlySet<FailureClass> = new Set(['dependency', 'network', 'rate-limit', 'timeout']);

/** What classification makes of a failure. */
export const diagnosisSchema = z.object({
  class: z.enum(FAILURE_CLASSES),
  /** That the class is right, 0 to 1, calibrated. */
  confidence: z.number().min(0).max(1),
  /** The same for failures whose messages differ only in ids, paths, times, numbers and colours: 16 hex digits. */
  signature: text(LIMITS.hashLength),
  /** A rule is certain; the model weighs words; a person has corrected this signature. */
  by: z.enum(['rule', 'model', 'person']),
  /** The evidence, in words. */
  why: text(LIMITS.reasonLength),
});
export type Diagnosis = ReadOnly<z.infer<typeof diagnosisSchema>>;
