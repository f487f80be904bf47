import {
  dependencyAt,
  jobAt,
  type Messages,
  poolAt,
  type StreamKind,
  triggerAt,
} from '../../lib/core/messages/address';
import type { MessageEnvelope } from '../../lib/core/messages/envelope';
import type { JobMessage } from '../../lib/core/messages/job';
import type { TriggerMessage } from '../../lib/core/messages/trigger';
import type { StreamSender } from '../../lib/core/ports/streams';

export interface Delivered extends MessageEnvelope<Messages[StreamKind]> {
  /** `<kind>/<id>`. */
  readonly to: string;
}

export interface InputQueuesSetup {
  readonly queues: StreamSender;
  /** Waits until nothing is under way. */
  readonly drain: () => Promise<void>;
  readonly delivered: () => readonly Delivered[];
  /** Whether two batches of one job or pool were ever handled at once. */
  readonly overlapped: () => boolean;
}

const entered = (n: number): JobMessage => ({ type: 'nodeEntered', nodeId: `n${n}` });
const origin = (id: string) => ({ id, actor: { kind: 'engine', id: 'pool/p' } as const });

/** What every set of input queues keeps to. Deliveries may repeat: the first of each counts. */
export function describeInputQueues(name: string, setup: () => Promise<InputQueuesSetup>): void {
  describe(`input queues: ${name}`, () => {
    let world: InputQueuesSetup;
    beforeEach(async () => {
      world = await setup();
    });

    function firsts(to: string): Delivered[] {
      const seen = new Set<string>();
      return world.delivered().filter((delivered) => {
        if (delivered.to !== to || seen.has(delivered.id)) return false;
        seen.add(delivered.id);
        return true;
      });
    }

    it('delivers messages of a job in the order in which they were sent, unchanged', async () => {
      for (let n = 0; n < 25; n++) {
        await world.queues.send({ to: jobAt('j'), message: entered(n) }, origin(`m${n}`));
      }
      await world.drain();
      expect(firsts('job/j').map(({ message }) => message)).toEqual(
        Array.from({ length: 25 }, (_, n) => entered(n)),
      );
    });

    it('delivers messages of a pool in order, apart from those of jobs', async () => {
      const drained = { type: 'workerDrained', workerId: 'w' } as const;
      await world.queues.send({ to: poolAt('p'), message: { type: 'sweep' } }, origin('m1'));
      await world.queues.send({ to: jobAt('p'), message: entered(1) }, origin('m2'));
      await world.queues.send({ to: poolAt('p'), message: drained }, origin('m3'));
      await world.drain();
      expect(firsts('pool/p').map(({ id }) => id)).toEqual(['m1', 'm3']);
      expect(firsts('job/p').map(({ id }) => id)).toEqual(['m2']);
    });

    it('delivers messages of a dependency in order, apart from those of a pool of its name', async () => {
      const watched = { type: 'watched', pool: 'p' } as const;
      const due = { type: 'due', until: 5 } as const;
      await world.queues.send({ to: dependencyAt('p'), message: watched }, origin('m1'));
      await world.queues.send({ to: poolAt('p'), message: { type: 'sweep' } }, origin('m2'));
      await world.queues.send({ to: dependencyAt('p'), message: due }, origin('m3'));
      await world.drain();
      expect(firsts('dependency/p').map(({ id, message }) => [id, message])).toEqual([
        ['m1', watched],
        ['m3', due],
      ]);
      expect(firsts('pool/p').map(({ id }) => id)).toEqual(['m2']);
    });

    it('says of every message where it comes from', async () => {
      const by = { id: 'm1', actor: { kind: 'user', id: 'ana' } as const, traceId: 't' };
      await world.queues.send({ to: jobAt('j'), message: entered(1) }, by);
      await world.queues.send({ to: jobAt('j'), message: entered(2) }, origin('m2'));
      await world.drain();
      expect(firsts('job/j')).toEqual([
        { to: 'job/j', message: entered(1), ...by },
        { to: 'job/j', message: entered(2), ...origin('m2') },
      ]);
    });

    it('delivers messages of a trigger unchanged, in whatever order, and says where they come from', async () => {
      const messages: TriggerMessage[] = [
        { type: 'due' },
        {
          type: 'event',
          event: { id: 'e', source: 'git', detail: { text: 'zwei\n "Zeilen"', list: [1.5, null] } },
        },
        { type: 'jobEnded', jobId: 'j', status: 'failed' },
      ];
      for (const [i, message] of messages.entries()) {
        await world.queues.send({ to: triggerAt('t'), message }, { ...origin(`m${i}`), traceId: `t${i}` });
      }
      await world.queues.send({ to: triggerAt('u'), message: { type: 'due' } }, origin('other'));
      await world.drain();
      const byId = firsts('trigger/t').sort((one, other) => (one.id < other.id ? -1 : 1));
      expect(byId).toEqual(
        messages.map((message, i) => ({ to: 'trigger/t', message, ...origin(`m${i}`), traceId: `t${i}` })),
      );
      expect(firsts('trigger/u').map(({ id }) => id)).toEqual(['other']);
    });

    it('handles one batch of a job at a time', async () => {
      for (let n = 0; n < 25; n++) {
        await world.queues.send({ to: jobAt(`j${n % 2}`), message: entered(n) }, origin(`m${n}`));
      }
      await world.drain();
      expect(world.delivered().length).toBeGreaterThanOrEqual(25);
      expect(world.overlapped()).toBe(false);
    });
  });
}
