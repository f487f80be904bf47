/** Names of streams: `job/<jobId>` and `pool/<poolId>`. */
export const jobStream = (jobId: string): string => `job/${jobId}`;
export const poolStream = (poolId: string): string => `pool/${poolId}`;

export function parseStream(stream: string): { readonly kind: 'job' | 'pool'; readonly id: string } {
  const [kind, id] = stream.split('/');
  if ((kind !== 'job' && kind !== 'pool') || !id) throw new Error(`not a stream: ${stream}`);
  return { kind, id };
}
