import type { Compilation } from '../../../core/dag/compile';
import type { CompilationStore } from '../../../core/ports/machines';
import type { JsonObjects } from './json-objects';

/**
 * Compilations under `compilations/<hash>.json.gz`, each written once. The machines of a graph are always made from the
 * one that is kept: two versions of the compiler may split the same graph differently, and their parts do not mix.
 */
export function createS3CompilationStore(objects: JsonObjects): CompilationStore {
  const get = async (hash: string) => (await objects.get(keyOf(hash))) as Compilation | undefined;
  return {
    get,
    async put(compilation) {
      const { hash } = compilation.graph;
      await objects.put(keyOf(hash), compilation, { once: true });
      return (await get(hash)) ?? compilation;
    },
  };
}

const keyOf = (hash: string): string => `compilations/${hash}.json.gz`;
