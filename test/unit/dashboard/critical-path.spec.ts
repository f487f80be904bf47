import { criticalPath } from '../../../dashboard/src/graph/critical-path';
import { nodeOf, timelineOf, tried } from './timelines';

const GRAPH = [
  { id: 'build', needs: [] },
  { id: 'unit', needs: ['build'] },
  { id: 'e2e', needs: ['build'] },
  { id: 'report', needs: ['unit', 'e2e'] },
];

describe('the critical path', () => {
  it('goes back from what ended last, each time to the need that ended last', () => {
    const timeline = timelineOf([
      nodeOf('build', [tried(1, [0, 0, 10])]),
      nodeOf('unit', [tried(1, [10, 10, 20])]),
      nodeOf('e2e', [tried(1, [10, 15, 40])]),
      nodeOf('report', [tried(1, [40, 41, 45])]),
    ]);
    expect(criticalPath(GRAPH, timeline)).toEqual({
      nodes: ['build', 'e2e', 'report'],
      steps: [
        { nodeId: 'build', waitedMs: 0, ranMs: 10 },
        { nodeId: 'e2e', waitedMs: 5, ranMs: 25 },
        { nodeId: 'report', waitedMs: 1, ranMs: 4 },
      ],
    });
  });

  it('counts what lies between attempts as time of the node', () => {
    const failed = tried(1, [0, 0, 5], { end: 'failed' });
    const { steps } = criticalPath(GRAPH, timelineOf([nodeOf('build', [failed, tried(2, [30, 30, 35])])]));
    expect(steps).toEqual([{ nodeId: 'build', waitedMs: 0, ranMs: 35 }]);
  });

  it('goes through the item of a fan-out that ended last, and ends now where a node still runs', () => {
    const running = nodeOf('e2e', [{ attempt: 1, readyAt: 20, startedAt: 20 }], {});
    const timeline = timelineOf([
      nodeOf('build', [], { items: 2 }),
      nodeOf('build[0]', [tried(1, [0, 0, 5])], { itemOf: 'build', outcome: 'succeeded' }),
      nodeOf('build[1]', [tried(1, [0, 0, 20])], { itemOf: 'build', outcome: 'succeeded' }),
      running,
    ]);
    expect(criticalPath(GRAPH, { ...timeline, latestAt: 50 })).toMatchObject({
      nodes: ['build', 'e2e'],
      steps: [{ ranMs: 20 }, { ranMs: 30 }],
    });
  });

  it('is empty where nothing has begun', () => {
    expect(criticalPath(GRAPH, timelineOf([])).nodes).toEqual([]);
  });
});
