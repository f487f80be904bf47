import { useEffect, useState } from 'react';
import type { LaidNode, Spot } from './layout';

let worker: Worker | undefined;
let asked = 0;

function ask(nodes: readonly LaidNode[], onSpots: (spots: readonly Spot[]) => void): () => void {
  worker ??= new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  const own = worker;
  asked += 1;
  const id = asked;
  const hear = ({ data }: MessageEvent<{ id: number; spots: readonly Spot[] }>) => {
    if (data.id === id) onSpots(data.spots);
  };
  own.addEventListener('message', hear);
  own.postMessage({ id, nodes: nodes.map(({ id: node, needs }) => ({ id: node, needs })) });
  return () => own.removeEventListener('message', hear);
}

/** Where the nodes of a graph stand; undefined until that is known. */
export function useLayout(nodes: readonly LaidNode[]): readonly Spot[] | undefined {
  const [laid, setLaid] = useState<{ nodes: readonly LaidNode[]; spots: readonly Spot[] }>();
  useEffect(() => ask(nodes, (spots) => setLaid({ nodes, spots })), [nodes]);
  return laid?.nodes === nodes ? laid.spots : undefined;
}
