import { createDispatch } from '../../lambdas/dispatch/dispatch';
import { createSqsDispatcher } from '../../lib/adapters/aws/queues/dispatcher';
import { dispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import { poolAt } from '../../lib/core/messages/address';
import { aWorker, describeDispatcher, GRAPH, POOL, type Refusal } from './dispatcher.contract';

/** A queue without order, as SQS has it, and the function behind it. */
describeDispatcher('SQS', async () => {
  const { worker, setup } = aWorker();
  const queue: string[] = [];
  const refusals: Refusal[] = [];
  const dispatch = createDispatch({
    graphs: { get: async () => GRAPH },
    log: { warn: () => undefined },
    streams: {
      async send({ to, message }) {
        if (message.type !== 'dispatchFailed') throw new Error(`told of ${message.type}`);
        expect(to).toEqual(poolAt(POOL));
        const { type: _, ...refusal } = message;
        refusals.push(refusal);
      },
    },
    secret: async () => 'secret',
    connect: () => ({
      async take(request) {
        await worker.submit(request);
        return 'accepted';
      },
      cancel: worker.cancel,
    }),
    timing: { clock: () => 0, random: () => 0, sleep: async () => undefined },
    onDispatch: () => undefined,
  });
  return {
    ...{ ...setup, refusals: () => refusals },
    dispatcher: createSqsDispatcher(async ({ body }) => void queue.push(JSON.stringify(body))),
    async settle() {
      for (let body = queue.pop(); body !== undefined; body = queue.pop()) {
        await dispatch(dispatchBody.parse(JSON.parse(body)));
      }
    },
  };
});
