import fc from 'fast-check';
import type { TriggerMessage } from '../../lib/core/messages/trigger';
import { MISSED_POLICIES, OVERLAP_POLICIES } from '../../lib/core/messages/trigger-definition';
import { definition, HOUR, jobOf, MINUTE, onPush, schedule, TriggerDriver } from './trigger-driver';

const name = fc.constantFrom('1', '2', '3', '4', '5', '6');
const overlap = fc.constantFrom(...OVERLAP_POLICIES);
const source = fc.oneof(
  fc
    .record({
      cron: fc.constantFrom('*/20 * * * *', '0 * * * *', '30 2 * * *'),
      timezone: fc.constantFrom('UTC', 'Europe/Paris'),
      missed: fc.constantFrom(...MISSED_POLICIES),
    })
    .map(schedule),
  fc.constant(onPush),
);
export const anyDefinition = fc
  .record({ source, overlap, graphHash: fc.constantFrom('g', 'h') })
  .map(({ graphHash, ...rest }) => definition({ ...rest, job: { graphHash } }));
const set = anyDefinition.map((given): TriggerMessage => ({ type: 'set', owner: 'ana', definition: given }));

/** An input, how long after the one before, and what of the past is sent again with it. */
export interface Step {
  readonly message: TriggerMessage | 'end' | 'refuse';
  readonly after: number;
  readonly pick: number;
}

const messages = (more: fc.Arbitrary<TriggerMessage>[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<TriggerMessage>({ type: 'due' }) },
    { weight: 3, arbitrary: name.map((id): TriggerMessage => ({ type: 'fire', requestId: id })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(name, fc.constantFrom('t', 'other'))
        .map(
          ([id, by]): TriggerMessage => ({ type: 'event', event: { id, detail: { trigger: { id: by } } } }),
        ),
    },
    { weight: 4, arbitrary: fc.constantFrom('end' as const, 'end' as const, 'refuse' as const) },
    ...more.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
const after = fc.oneof(fc.integer({ min: 0, max: 10 * MINUTE }), fc.integer({ min: 0, max: 40 * HOUR }));
const steps = (more: fc.Arbitrary<TriggerMessage>[]) =>
  fc.array(fc.record({ message: messages(more), after, pick: fc.nat() }), { maxLength: 60 });

const pausing = fc.constantFrom<TriggerMessage>(
  { type: 'pause', reason: 'x' },
  { type: 'unpause', reason: 'x' },
);
export const anything = steps([set, set, pausing, fc.constant({ type: 'delete' })]);
/** One definition all along. */
export const steady = (policy: fc.Arbitrary<ReturnType<typeof definition>>) => fc.tuple(policy, steps([]));

/** Plays steps; every input that is not about a job comes again later, now and then. */
export function play(
  all: readonly Step[],
  first?: TriggerMessage,
  check = (_: TriggerDriver, __: Step) => {},
) {
  const trigger = new TriggerDriver();
  if (first) trigger.send(first);
  const sent: TriggerMessage[] = [];
  for (const step of all) {
    trigger.now += step.after;
    const { message, pick } = step;
    if (typeof message === 'string') {
      const jobId =
        trigger.state.running[pick % Math.max(1, trigger.state.running.length)] ?? jobOf('manual/9');
      const told: TriggerMessage =
        message === 'end'
          ? { type: 'jobEnded', jobId, status: 'succeeded' }
          : { type: 'jobRefused', jobId, reason: 'x' };
      trigger.send(told);
      expect(trigger.send(told)).toEqual([]);
    } else {
      trigger.send(message);
      sent.push(message);
      if (pick % 3 === 0) trigger.send(sent[pick % sent.length] as TriggerMessage);
    }
    check(trigger, step);
  }
  return trigger;
}
