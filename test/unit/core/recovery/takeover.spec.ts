import type { Effect } from '../../../../lib/core/messages/effect';
import type { WorkItem } from '../../../../lib/core/messages/pool';
import { orderForTakeover } from '../../../../lib/core/recovery/takeover';

const work = (nodeId: string): WorkItem => ({
  ...{ jobId: 'j', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1, rank: 1 },
  ...{ priority: 'normal', timeoutMs: 1_000, readyAt: 0, traceId: 't', dependencies: ['payments'] },
});
const offer = (nodeId: string): Effect => ({
  ...{ id: nodeId, cause: { stream: 'job/j', seq: 1 }, kind: 'send', to: { kind: 'pool', id: 'default' } },
  message: { type: 'workOffered', work: work(nodeId) },
});

describe('the effects of a job that is taken over', () => {
  it('have what has begun go on before anything new starts, whatever it depends on', async () => {
    const effects = await orderForTakeover(
      [offer('new'), offer('begun')],
      async ({ nodeId }) => nodeId === 'begun',
    );
    const offered = effects.flatMap((effect) =>
      effect.kind === 'send' && effect.message.type === 'workOffered' ? [effect.message.work] : [],
    );
    expect(offered.map(({ nodeId, dependencies }) => [nodeId, dependencies])).toEqual([
      ['begun', undefined],
      ['new', ['payments']],
    ]);
  });
});
