import { consumeTriggers } from '../../lambdas/triggers/consume';
import { triggersBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createSqsSubmissions } from '../../lib/adapters/aws/queues/submissions';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { submit } from '../../lib/api/submit';
import { graphHash } from '../../lib/core/dag/hash';
import { askerOf } from '../../lib/core/engine/asker';
import { createEngine } from '../../lib/core/engine/engine';
import { createKinds } from '../../lib/core/engine/kinds';
import { performEffect } from '../../lib/core/engine/perform';
import { RepriseError } from '../../lib/core/errors';
import type { EffectPorts } from '../../lib/core/ports/effects';
import type { GraphStore } from '../../lib/core/ports/stores';
import { graph, node } from '../support/job-driver';
import { describeSubmissions } from './submissions.contract';

const GRAPH = graph([node('a')]);
const nothing = async () => undefined;

/** The queue `triggers` and the function behind it, over an engine in memory. */
describeSubmissions('SQS', async () => {
  const journal = createMemoryJournalStore();
  const queue: string[] = [];
  const send = async ({ body }: { readonly body: unknown }) => void queue.push(JSON.stringify(body));
  const submissions = createSqsSubmissions(send);
  const [clock, random] = [() => 1_000, () => 0.5];
  const graphs: GraphStore = {
    put: nothing,
    async get(hash) {
      if (hash === graphHash(GRAPH)) return GRAPH;
      throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} is stored`);
    },
  };
  const ports = { submissions } as unknown as EffectPorts;
  const kinds = createKinds({ conditions: memoryConditions, journal, random, graphs });
  const engine = createEngine(
    {
      ...{ journal, random, clock },
      async perform(effects) {
        for (const effect of effects) {
          if (effect.kind === 'submitJob') await performEffect(ports, effect);
        }
      },
    },
    kinds,
  );
  const streams = askerOf(engine);
  const consume = consumeTriggers({
    owned: { keep: async (_owner, graph) => graphHash(graph), get: (_caller, hash) => graphs.get(hash) },
    ...{ streams, graphs, clock, random, send, pools: ['default'] },
    submit: (...args) => submit(streams, ...args),
    queues: { send: async (delivery, origin) => void (await streams.ask(delivery, origin)) },
    requests: { want: nothing },
    admission: nothing,
    publisher: { publish: nothing },
    jobs: { get: () => Promise.reject(new Error('nobody asks for jobs here')) },
    onLost: () => undefined,
  });
  return {
    ...{ submissions, streams, journal, graphHash: graphHash(GRAPH), close: nothing },
    async until(condition, what) {
      for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
        await consume(triggersBody.parse(JSON.parse(body)), { id: 'sqs' });
      }
      if (!(await condition())) throw new Error(`nothing is left to do, and in vain for ${what}`);
    },
  };
});
