import { createServedWorld, until } from '../unit/server/support/served-world';
import { describeSubmissions } from './submissions.contract';

describeSubmissions('a daemon', async () => {
  const world = createServedWorld();
  const { engine, journal, end } = await world.boot();
  return {
    ...{ submissions: engine.triggers, streams: engine.streams, journal },
    graphHash: await world.put(engine, 'name: g\nnodes: [{ id: a, run: x }]'),
    until: (condition) => until(condition),
    close: end,
  };
});
