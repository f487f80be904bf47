import { sweepOutbox } from '../../../lambdas/outbox-sweeper/sweep';
import type { EffectsBody } from '../../../lib/adapters/aws/queues/queue-messages';
import type { OpenStreams, Progress } from '../../../lib/adapters/aws/table/open-streams';

function world(pages: readonly (readonly Progress[])[], hasTime = () => true) {
  const sent: unknown[] = [];
  const closed: string[] = [];
  const streams: OpenStreams = {
    async *pages() {
      yield* pages;
    },
    progress: async (names) =>
      names.map((stream) => ({ stream, seq: 9, at: 0, confirmed: 4, isOver: false })),
    close: async ({ stream }, at) => void closed.push(`${stream} at ${at}`),
  };
  const send = async ({ body, delaySeconds }: { body: object; delaySeconds?: number }) =>
    void sent.push([body as EffectsBody, delaySeconds]);
  const deps = { streams, pools: ['default', 'gpu'], send, delaySeconds: 5, hasTime, clock: () => 1_000 };
  return { sent, closed, sweep: () => sweepOutbox(deps) };
}

describe('the sweep of the outbox', () => {
  it('asks for the effects of every stream whose mark is behind its head, pools included', async () => {
    const { sent, closed, sweep } = world([
      [
        { stream: 'job/behind', seq: 7, at: 0, confirmed: 3, isOver: false },
        { stream: 'job/done', seq: 7, at: 0, confirmed: 7, isOver: false },
      ],
      [{ stream: 'trigger/t', seq: 2, at: 0, confirmed: 0, isOver: false }],
    ]);
    const behind = ['pool/default', 'pool/gpu', 'job/behind', 'trigger/t'];
    expect(await sweep()).toEqual({ behind, closed: 0, isComplete: true });
    expect(sent).toEqual([
      [{ stream: 'pool/default', to: 9 }, 5],
      [{ stream: 'pool/gpu', to: 9 }, 5],
      [{ stream: 'job/behind', to: 7 }, 5],
      [{ stream: 'trigger/t', to: 2 }, 5],
    ]);
    expect(closed).toEqual([]);
  });

  it('forgets a stream that is over, and only once its last effects are performed', async () => {
    const { sent, closed, sweep } = world([
      [
        { stream: 'job/over', seq: 7, at: 0, confirmed: 7, isOver: true },
        { stream: 'job/owes', seq: 7, at: 0, confirmed: 6, isOver: true },
      ],
    ]);
    expect(await sweep()).toMatchObject({ closed: 1 });
    expect(closed).toEqual(['job/over at 1000']);
    expect(sent).toContainEqual([{ stream: 'job/owes', to: 7 }, 5]);
  });

  it('ends in time, and says that it did not see all', async () => {
    const page = [{ stream: 'job/a', seq: 1, at: 0, confirmed: 0, isOver: false }];
    const { sent, sweep } = world([page, page], () => false);
    expect(await sweep()).toMatchObject({ isComplete: false });
    expect(sent).toHaveLength(3);
  });
});
