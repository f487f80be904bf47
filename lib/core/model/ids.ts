import * as z from 'zod';

/** Ids of jobs, nodes, pools, workers and triggers: they become names of files, paths and state machines. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export const idSchema = z.string().regex(ID, 'expected 1 to 64 of A-Z a-z 0-9 - _');

/** SHA-256 of a graph, in hex. */
export const graphHashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
