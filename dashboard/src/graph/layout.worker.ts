import { type LaidNode, layOut } from './layout';

/** Lays graphs out beside the page, which stays answerable meanwhile. */
addEventListener('message', ({ data }: MessageEvent<{ id: number; nodes: readonly LaidNode[] }>) => {
  postMessage({ id: data.id, spots: layOut(data.nodes) });
});
