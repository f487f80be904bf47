import type { SQSRecord } from 'aws-lambda';
import { processGroups, UNKNOWN_RECEIVES } from '../../../../lambdas/runtime/groups';
import { streamInputs } from '../../../../lambdas/runtime/inputs';
import { createInputQueues } from '../../../../lib/adapters/aws/queues/input-queues';
import type { QueueMessage } from '../../../../lib/adapters/aws/queues/sender';
import type { Engine } from '../../../../lib/core/engine/engine';
import type { Kinds } from '../../../../lib/core/engine/kinds';
import { RepriseError } from '../../../../lib/core/errors';
import { type Address, jobAt, poolAt } from '../../../../lib/core/messages/address';
import type { MessageEnvelope } from '../../../../lib/core/messages/envelope';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { patience } from '../received';

let ids = 0;
function record(group: string, body: unknown, receives = 1): SQSRecord {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const attributes = { MessageGroupId: group, ApproximateReceiveCount: String(receives) };
  return { messageId: `m${++ids}`, body: text, attributes } as unknown as SQSRecord;
}
const entered = (jobId: string, nodeId: string, receives = 1) =>
  record(jobId, { jobId, message: { type: 'nodeEntered', nodeId, token: 't' } }, receives);
const idsOf = (...records: SQSRecord[]) => records.map(({ messageId }) => messageId);

type Handle = (to: Address, messages: readonly MessageEnvelope<JobMessage>[]) => Promise<never[]>;
const jobInputs = (handle: Handle) => streamInputs({ handle } as unknown as Engine<Kinds>, 'job');

/** Decides by node, and says what got through. */
function decider(fails: (node: string) => Error | undefined) {
  const decided: string[] = [];
  const handle: Handle = async (_, messages) => {
    const names = messages.map(({ message }) => (message.type === 'nodeEntered' ? message.nodeId : ''));
    for (const name of names) {
      const error = fails(name);
      if (error) throw error;
    }
    decided.push(...names);
    return [];
  };
  return { decided, inputs: jobInputs(handle) };
}

const busy = () => new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');

describe('a batch of inputs of jobs', () => {
  it('is one decision for each job', async () => {
    const handle = jest.fn(async () => []);
    const records = [entered('j1', 'a'), entered('j2', 'a'), entered('j1', 'b')];
    expect(await processGroups(records, jobInputs(handle), patience().how)).toEqual([]);
    expect(handle).toHaveBeenCalledTimes(2);
    expect(handle).toHaveBeenCalledWith(jobAt('j1'), [
      {
        id: `sqs/${records[0]?.messageId}`,
        actor: { kind: 'workflow', id: 'step-functions' },
        message: { type: 'nodeEntered', nodeId: 'a', token: 't' },
      },
      expect.objectContaining({ message: { type: 'nodeEntered', nodeId: 'b', token: 't' } }),
    ]);
  });

  it('is begun in the order in which the jobs came, some of them at a time', async () => {
    let underWay = 0;
    let most = 0;
    const begun: string[] = [];
    const handle = jest.fn(async ({ id }: { id: string }) => {
      begun.push(id);
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return [];
    });
    const jobs = Array.from({ length: 80 }, (_, i) => `j${i}`);
    const records = jobs.map((job) => entered(job, 'a'));
    const { how } = patience();
    expect(await processGroups(records, jobInputs(handle), { ...how, parallel: 8 })).toEqual([]);
    expect(begun).toEqual(jobs);
    expect(most).toBe(8);
    expect(await processGroups(records, jobInputs(handle), how)).toEqual([]);
    expect(most).toBe(80);
  });

  it('comes again as a whole where something happens that nobody foresaw', async () => {
    const inputs = { parse: () => 'x', handle: async () => {} };
    const { how } = patience();
    const broken = {
      ...how,
      get timing(): never {
        throw new Error('no clock');
      },
    };
    await expect(processGroups([entered('j1', 'a')], inputs, broken)).rejects.toThrow('no clock');
  });

  it('that comes from another stream keeps the id, the actor and the trace it was sent with', async () => {
    const handle = jest.fn(async () => []);
    const origin = { id: 'pool/p/3', actor: { kind: 'engine', id: 'pool/p' }, traceId: 't' };
    const message = { type: 'admit' };
    const sent = record('j1', { to: jobAt('j1'), message, ...origin });
    expect(await processGroups([sent], jobInputs(handle), patience().how)).toEqual([]);
    expect(handle.mock.calls).toEqual([[jobAt('j1'), [{ ...origin, message }]]]);
  });
});

describe('a message that can never be handled', () => {
  it.each([
    ['no JSON', 'x', /^INPUT_INVALID: a message is no JSON/],
    ['of an unknown type', { jobId: 'j1', message: { type: 'explode' } }, /^INPUT_INVALID: /],
    ['of another job than its group', { jobId: 'j2', message: { type: 'admit' } }, /came in the group j1/],
    [
      'of a pool',
      { to: poolAt('j1'), message: { type: 'sweep' }, id: 'm', actor: { kind: 'timer', id: 't' } },
      /^INPUT_INVALID: /,
    ],
  ])(
    'as it is %s goes to the DLQ with the reason, and what is behind it goes on',
    async (_, body, reason) => {
      const { decided, inputs } = decider(() => undefined);
      const { how, buried, again } = patience();
      const poisoned = record('j1', body);
      const records = [entered('j1', 'a'), poisoned, entered('j1', 'b')];
      expect(await processGroups(records, inputs, how)).toEqual([]);
      expect(decided).toEqual(['a', 'b']);
      expect(buried).toEqual([{ id: poisoned.messageId, reason: expect.stringMatching(reason) }]);
      expect(again).toEqual([]);
    },
  );

  it('as its job does not exist goes there at its first receive', async () => {
    const { inputs } = decider(() => new RepriseError('JOB_NOT_FOUND', 'no job nobody'));
    const { how, buried } = patience();
    const unknown = entered('nobody', 'a');
    expect(await processGroups([unknown], inputs, how)).toEqual([]);
    expect(buried).toEqual([{ id: unknown.messageId, reason: 'JOB_NOT_FOUND: no job nobody' }]);
  });

  it('comes again where the DLQ does not take it, and those behind it with it', async () => {
    const { decided, inputs } = decider(() => undefined);
    const poisoned = record('j1', 'x');
    const behind = entered('j1', 'b');
    const back = await processGroups(
      [entered('j1', 'a'), poisoned, behind],
      inputs,
      patience({ dlqFails: true }).how,
    );
    expect(back).toEqual(idsOf(poisoned, behind));
    expect(decided).toEqual(['a']);
  });
});

describe('a message whose error nobody knows', () => {
  const broken = (name: string) => (name === 'bad' ? new TypeError('broken') : undefined);

  it('comes again with those behind it, after those before it got through', async () => {
    const { decided, inputs } = decider(broken);
    const { how, buried } = patience();
    const records = [entered('j1', 'a'), entered('j1', 'bad'), entered('j1', 'c'), entered('j2', 'd')];
    expect(await processGroups(records, inputs, how)).toEqual(idsOf(...records.slice(1, 3)));
    expect(decided.sort()).toEqual(['a', 'd']);
    expect(buried).toEqual([]);
  });

  it('goes to the DLQ after ten receives, alone', async () => {
    const { decided, inputs } = decider(broken);
    const { how, buried } = patience();
    const bad = entered('j1', 'bad', UNKNOWN_RECEIVES);
    expect(await processGroups([bad, entered('j1', 'c', UNKNOWN_RECEIVES)], inputs, how)).toEqual([]);
    expect(decided).toEqual(['c']);
    expect(buried).toEqual([{ id: bad.messageId, reason: 'TypeError: broken' }]);
  });
});

describe('a service that is busy', () => {
  it('for a moment costs a wait within the invocation, and no receive', async () => {
    let refusals = 3;
    const { decided, inputs } = decider(() => (refusals-- > 0 ? busy() : undefined));
    const { how, again, time } = patience({ ms: 5_000 });
    const before = time.now();
    expect(await processGroups([entered('j1', 'a'), entered('j1', 'b')], inputs, how)).toEqual([]);
    expect(decided).toEqual(['a', 'b']);
    expect(again).toEqual([]);
    expect(time.now()).toBeGreaterThan(before);
  });

  it('for longer gives the group back whole, and no other, soon after a first receive and later after many', async () => {
    const seconds = async (receives: number) => {
      const { decided, inputs } = decider((name) => (name === 'free' ? undefined : busy()));
      const { how, again, buried, time } = patience({ ms: 5_000 });
      const stuck = [entered('j1', 'a', receives), entered('j1', 'b', receives)];
      expect(await processGroups([...stuck, entered('j2', 'free')], inputs, how)).toEqual(idsOf(...stuck));
      expect(time.now()).toBeLessThanOrEqual(how.until);
      expect(decided).toEqual(['free']);
      expect(buried).toEqual([]);
      expect(again.map((each) => each.ids)).toEqual([idsOf(...stuck)]);
      return again[0]?.seconds;
    };
    expect(await seconds(1)).toBe(0.5);
    expect(await seconds(4)).toBe(4);
    expect(await seconds(300)).toBe(60);
  });

  it('is no reason to give up, however often the message came', async () => {
    const { inputs } = decider(busy);
    const { how, buried } = patience();
    const record = entered('j1', 'a', 399);
    expect(await processGroups([record], inputs, how)).toEqual(idsOf(record));
    expect(buried).toEqual([]);
  });

  it('gives back what it must even where the visibility cannot be changed', async () => {
    const { inputs } = decider(busy);
    const { how } = patience();
    const comeAgain = async () => Promise.reject(new Error('denied'));
    const record = entered('j1', 'a');
    const back = await processGroups([record], inputs, { ...how, queue: { ...how.queue, comeAgain } });
    expect(back).toEqual(idsOf(record));
  });
});

describe('a message of a later version than this one', () => {
  it('waits for the update, and those behind it too', async () => {
    const { decided, inputs } = decider(() => undefined);
    const { how, again, buried } = patience();
    const later = record('j1', { v: 1_000, jobId: 'j1', message: { type: 'teleported' } });
    const behind = entered('j1', 'b');
    expect(await processGroups([entered('j1', 'a'), later, behind], inputs, how)).toEqual(
      idsOf(later, behind),
    );
    expect(decided).toEqual(['a']);
    expect([again.length, buried.length]).toEqual([1, 0]);
  });
});

describe('several inputs in one message', () => {
  const actor = { kind: 'engine', id: 'e' } as const;
  const input = (nodeId: string) => ({ message: { type: 'nodeEntered', nodeId }, id: nodeId, actor });
  const bundle = () => record('j1', { to: jobAt('j1'), inputs: ['a', 'b', 'c'].map(input) });

  it('are decided together, in their order', async () => {
    const handle = jest.fn(async () => []);
    expect(
      await processGroups(
        [bundle(), record('j1', { to: jobAt('j1'), ...input('d') })],
        jobInputs(handle),
        patience().how,
      ),
    ).toEqual([]);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(handle).toHaveBeenCalledWith(
      jobAt('j1'),
      ['a', 'b', 'c', 'd'].map((id) => expect.objectContaining({ id })),
    );
  });

  it('of which one cannot be decided lets the others go their way, and goes to the DLQ', async () => {
    const { decided, inputs } = decider((node) =>
      node === 'b' ? new RepriseError('INPUT_INVALID', 'poison') : undefined,
    );
    const { how, buried } = patience();
    const message = bundle();
    expect(await processGroups([message], inputs, how)).toEqual([]);
    expect(decided).toEqual(['a', 'c']);
    expect(buried.map(({ id }) => id)).toEqual(idsOf(message));
  });

  it('come again in their order when a service is busy', async () => {
    const handle = jest.fn(async () => Promise.reject(busy()));
    const message = bundle();
    expect(await processGroups([message], jobInputs(handle), patience().how)).toEqual(idsOf(message));
    for (const [, messages] of handle.mock.calls as unknown as [Address, unknown[]][])
      expect(messages).toHaveLength(3);
  });

  it('that are sent in one turn are one message for each stream, of up to a hundred and 64 KiB', async () => {
    const sent: QueueMessage[] = [];
    const send = async (message: QueueMessage) => void sent.push(message);
    const queues = createInputQueues({
      job: send,
      pool: send,
      trigger: send,
      dependency: send,
      letter: send,
      target: send,
    });
    const enter = (job: string, n: number) =>
      queues.send(
        { to: jobAt(job), message: { type: 'nodeEntered', nodeId: `n${n}` } },
        { id: `m${n}`, actor },
      );
    await Promise.all([...Array.from({ length: 230 }, (_, n) => enter('j1', n)), enter('j2', 1)]);
    const sizes = sent.map(({ groupId, body }) => [
      groupId,
      (body as { inputs?: unknown[] }).inputs?.length ?? 1,
    ]);
    expect(sizes).toEqual([
      ['j1', 100],
      ['j1', 100],
      ['j1', 30],
      ['j2', 1],
    ]);
    sent.length = 0;
    const text = 'x'.repeat(20_000);
    const outputs = { attempt: 1, durationMs: 1, outputs: { text } };
    await Promise.all(
      [1, 2, 3, 4].map((n) =>
        queues.send(
          { to: jobAt('j'), message: { type: 'attemptSucceeded', nodeId: `n${n}`, ...outputs } },
          { id: `${n}`, actor },
        ),
      ),
    );
    expect(sent).toHaveLength(2);
    for (const { body } of sent) expect(JSON.stringify(body).length).toBeLessThan(65_536);
  });
});
