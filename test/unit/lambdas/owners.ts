import type { GraphOwners } from '../../../lib/core/ports/machines';

/** Who brought which graph, in memory. */
export function memoryOwners(): GraphOwners {
  const claims = new Set<string>();
  return {
    claim: async (hash, owner) => void claims.add(`${hash}/${owner}`),
    owns: async (hash, owner) => claims.has(`${hash}/${owner}`),
  };
}
