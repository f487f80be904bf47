import { createLocalDispatcher } from '../../lib/adapters/embedded/runtime/dispatcher';
import { indexGraph } from '../../lib/core/dag/graph-index';
import { aWorker, describeDispatcher, GRAPH, type Refusal } from './dispatcher.contract';

const turn = () => new Promise((next) => setImmediate(next));

describeDispatcher('this process', async () => {
  const { worker, setup } = aWorker();
  const refusals: Refusal[] = [];
  const dispatcher = createLocalDispatcher({
    executor: worker,
    // As long as the graph may have to be read.
    async indexOf() {
      await turn();
      return indexGraph(GRAPH, 'hash');
    },
    refused: (ref, workerId, reason) => void refusals.push({ ...ref, workerId, reason }),
  });
  return {
    ...{ ...setup, dispatcher, refusals: () => refusals },
    async settle() {
      for (let turns = 0; turns < 5; turns++) await turn();
    },
  };
});
