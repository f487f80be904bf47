import type * as z from 'zod';
import { RepriseError } from '../../core/errors';
import { streamOf } from '../../core/messages/address';
import { dependencyMessageSchema } from '../../core/messages/dependency';
import { jobMessageSchema } from '../../core/messages/job';
import { letterMessageSchema } from '../../core/messages/letter';
import { poolMessageSchema } from '../../core/messages/pool';
import { targetMessageSchema } from '../../core/messages/target';
import { triggerMessageSchema } from '../../core/messages/trigger';
import type { FaultPlan } from '../faults';
import type { Ground } from './ground';
import type { Answer, EngineProcess } from './process';
import type { Message } from './queues';

/** Some process that lives, if one does. */
export type SomeProcess = (lot: string) => EngineProcess | undefined;

const SCHEMAS = {
  job: jobMessageSchema,
  pool: poolMessageSchema,
  trigger: triggerMessageSchema,
  dependency: dependencyMessageSchema,
  letter: letterMessageSchema,
  target: targetMessageSchema,
} as const satisfies Record<string, z.ZodType>;

/** Has some process decide messages of one stream, as they are read from a queue. */
export async function decide(
  { time, faults, say }: Ground,
  process: SomeProcess,
  batch: readonly Message[],
): Promise<Answer<unknown>> {
  const [first] = batch as readonly [Message];
  const { to } = first.delivery;
  const chosen = process(`${first.origin.id} at ${time.now()}`);
  if (!chosen) return { kind: 'failed', error: new RepriseError('UPSTREAM_UNAVAILABLE', 'no process lives') };
  say(chosen.id, () => `takes ${batch.map(({ origin }) => origin.id).join(', ')} for ${streamOf(to)}`);
  return chosen.run(async ({ engine, putAway }) => {
    const envelopes = batch.map((message) => ({ ...message.origin, message: read(faults, message) }));
    const events = await engine.handle(to, envelopes as never);
    const seq = events.at(-1)?.seq;
    if (seq !== undefined && faults.strikes('snapshot', `${streamOf(to)} at ${seq}`)) await putAway(to);
  });
}

/** The share of the engine's own messages that are read as if they came from outside: reading takes its time. */
const READ = 0.2;

/** @throws RepriseError INPUT_INVALID */
function read({ lot }: FaultPlan, { delivery: { to, message }, origin, isPoison }: Message): unknown {
  if (!isPoison && lot(`reading ${origin.id}`) >= READ) return message;
  const parsed = SCHEMAS[to.kind].safeParse(message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the message';
  throw new RepriseError('INPUT_INVALID', `${place}: ${issue?.message}`, { cause: parsed.error });
}
