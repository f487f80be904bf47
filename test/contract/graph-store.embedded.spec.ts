import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileGraphStore } from '../../lib/adapters/embedded/disk/graph-store';
import { graphHash } from '../../lib/core/dag/hash';
import { temporaryDir } from '../support/e2e-files';
import { describeGraphStore, someGraph } from './graph-store.contract';

describeGraphStore('files', async () => {
  const dir = temporaryDir();
  return { store: createFileGraphStore(dir), reopen: async () => createFileGraphStore(dir) };
});

describe('graph store: files', () => {
  it.each([
    ['another graph', JSON.stringify(someGraph('other'))],
    ['no JSON', '{"name":'],
  ])('refuses a file that holds %s; whoever holds the graph goes on', async (_, text) => {
    const dir = temporaryDir();
    const holder = createFileGraphStore(dir);
    const graph = someGraph();
    await holder.put(graphHash(graph), graph);
    writeFileSync(join(dir, `${graphHash(graph)}.json`), text);
    expect(await holder.get(graphHash(graph))).toEqual(graph);
    await expect(createFileGraphStore(dir).get(graphHash(graph))).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
    });
  });

  it('never looks outside its directory', async () => {
    await expect(createFileGraphStore(temporaryDir()).get('../../etc/passwd')).rejects.toMatchObject({
      code: 'GRAPH_NOT_FOUND',
    });
  });
});
