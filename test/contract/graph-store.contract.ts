import type { Graph } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { parseGraph } from '../../lib/core/dag/parse';
import type { GraphStore } from '../../lib/core/ports/stores';

export interface GraphStoreSetup {
  readonly store: GraphStore;
  /** Another client of the same store, as after a restart. */
  readonly reopen: () => Promise<GraphStore>;
}

export function someGraph(name = 'some'): Graph {
  return parseGraph(
    JSON.stringify({
      name,
      nodes: [
        { id: '__proto__', run: 'echo "ä\u2028"' },
        { id: 'b', suite: 'smoke', needs: ['__proto__'], when: 'true', retry: { maxAttempts: 2 } },
      ],
    }),
  );
}

/** What every graph store keeps to. */
export function describeGraphStore(name: string, setup: () => Promise<GraphStoreSetup>): void {
  describe(`graph store: ${name}`, () => {
    let world: GraphStoreSetup;
    beforeEach(async () => {
      world = await setup();
    });

    it('gives back the graph of a hash, unchanged, also after a restart', async () => {
      const graph = someGraph();
      await world.store.put(graphHash(graph), graph);
      expect(await world.store.get(graphHash(graph))).toEqual(graph);
      expect(await (await world.reopen()).get(graphHash(graph))).toEqual(graph);
    });

    it('takes the same graph again', async () => {
      const graph = someGraph();
      await world.store.put(graphHash(graph), graph);
      await world.store.put(graphHash(graph), graph);
      expect(await world.store.get(graphHash(graph))).toEqual(graph);
    });

    it('keeps graphs apart', async () => {
      const [one, two] = [someGraph('one'), someGraph('two')];
      await world.store.put(graphHash(one), one);
      await world.store.put(graphHash(two), two);
      expect(await world.store.get(graphHash(one))).toEqual(one);
      expect(await world.store.get(graphHash(two))).toEqual(two);
    });

    it('says that it does not know a hash', async () => {
      await expect(world.store.get('0'.repeat(64))).rejects.toMatchObject({ code: 'GRAPH_NOT_FOUND' });
    });
  });
}
