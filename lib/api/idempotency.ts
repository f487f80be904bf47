import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import type { Clock } from '../core/model/time';
import type { AnswerStore, KeptAnswer, NamedCall } from '../core/ports/answers';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
/** Of an answer that was given before. */
export const REPLAYED = 'Idempotency-Replayed';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws RepriseError INPUT_INVALID */
export function idempotencyKeyOf(given: string | undefined): string | undefined {
  if (given === undefined || KEY.test(given)) return given;
  const message = `${IDEMPOTENCY_KEY}: send 1 to 255 printable ASCII characters without spaces`;
  const problems = [{ code: 'INPUT_INVALID' as const, path: IDEMPOTENCY_KEY, message }];
  throw new RepriseError('INPUT_INVALID', message, { problems });
}

/** A call under its key: whose it is, and all that it asks for. */
export function namedCall(key: string, subject: string, asked: unknown): NamedCall {
  return { id: sha256(JSON.stringify([subject, key])), content: sha256(canonicalize(asked) ?? '') };
}

/** The id of such a call: what it tells streams has the same names when it is made again. */
export const requestIdOf = ({ id }: NamedCall): string => `key-${id.slice(0, 40)}`;

export interface AnswerKeeping {
  readonly answers: AnswerStore;
  readonly clock: Clock;
}

/**
 * Makes a call once: whoever makes it again is given the same answer, for a day. What was refused or failed is not kept.
 * @throws RepriseError IDEMPOTENCY_CONFLICT where the key was used for something else; UPSTREAM_UNAVAILABLE while the call
 * is under way.
 */
export async function onceAnswered(
  { answers, clock }: AnswerKeeping,
  call: NamedCall,
  { remainingMs, make }: { readonly remainingMs: number; readonly make: () => Promise<KeptAnswer> },
): Promise<KeptAnswer & { readonly isReplayed: boolean }> {
  const now = clock();
  const earlier = await answers.claim(call, { now, until: now + remainingMs });
  if (earlier !== undefined && earlier.content !== call.content) {
    const message = `the ${IDEMPOTENCY_KEY} was used for another call: use a new key for another one`;
    throw new RepriseError('IDEMPOTENCY_CONFLICT', message);
  }
  if (earlier?.answer) return { ...earlier.answer, isReplayed: true };
  if (earlier) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'the same call is being answered');
  let answer: KeptAnswer;
  try {
    answer = await make();
  } catch (error) {
    await answers.release(call);
    throw error;
  }
  if (answer.status < 300) await answers.keep(call, answer, now + LIMITS.answerKeptMs);
  else await answers.release(call);
  return { ...answer, isReplayed: false };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
