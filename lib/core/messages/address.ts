/** Names of streams: `job/<jobId>`, `pool/<poolId>` and `trigger/<triggerId>`. */
export const jobStream = (jobId: string): string => `job/${jobId}`;
export const poolStream = (poolId: string): string => `pool/${poolId}`;
export const triggerStream = (triggerId: string): string => `trigger/${triggerId}`;

const KINDS = ['job', 'pool', 'trigger'] as const;
export type StreamKind = (typeof KINDS)[number];

export function parseStream(stream: string): { readonly kind: StreamKind; readonly id: string } {
  const [name, id] = stream.split('/');
  const kind = KINDS.find((known) => known === name);
  if (!kind || !id) throw new Error(`not a stream: ${stream}`);
  return { kind, id };
}
