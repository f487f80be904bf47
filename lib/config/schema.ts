import { z } from 'zod';
import { quotasSchema } from '../core/access/quotas';

const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 180, 365] as const;

/** Keys that sign the callers' tokens: looked up at `jwksUri`, or given inline where nothing serves them. */
const authSchema = z.strictObject({
  issuer: z.url(),
  audience: z.string().min(1),
  /** How long a token may be valid: one that is stolen is of no use after that. */
  maxLifetimeSeconds: z.number().int().min(60).max(31_536_000),
  jwksUri: z.url().optional(),
  jwks: z.string().refine(isKeySet, 'must be a JSON Web Key Set: {"keys": [...]}').optional(),
});

/** One environment. The schema is the only description: the type comes from it. */
export const environmentSchema = z
  .strictObject({
    name: z.enum(['local', 'dev', 'staging', 'prod']),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    logRetentionDays: z.literal(LOG_RETENTION_DAYS),
    /** Tables, buckets and logs outlive their stack, and the table refuses deletion. */
    dataRetained: z.boolean(),
    alarms: z.boolean(),
    /** Effects run right after their append; off, only the outbox relay performs them. */
    fastPath: z.boolean(),
    /** Pools of workers that the sweeper visits. */
    pools: z.array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)).min(1),
    queue: z.strictObject({
      /** Jobs that may wait in the queue of a pool; one more is refused until some have been admitted. */
      maxWaitingJobs: z.number().int().min(1).max(1_000_000),
    }),
    workers: z.strictObject({
      /** Networks in which a worker may be called by http, loopback among them only where it is named; else https. */
      httpCidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(64),
    }),
    /** What one owner may have; see docs/security.md. */
    quotas: quotasSchema,
    functions: z.strictObject({
      memoryMb: z.number().int().min(128).max(10_240),
      timeoutSeconds: z.number().int().min(1).max(900),
    }),
    queues: z.strictObject({
      visibilitySeconds: z.number().int().min(1).max(43_200),
      maxReceives: z.number().int().min(1).max(1_000),
      dlqDays: z.number().int().min(1).max(14),
    }),
    machines: z.strictObject({
      /** State machines that graphs beside the stack's may have in all; 0 runs every one of them on the graph runner. */
      budget: z.number().int().min(0).max(100_000),
      /** Days after which the machines of a registered graph that no job used are deleted. */
      unusedDays: z.number().int().min(1).max(3_650),
    }),
    api: z.strictObject({ ratePerSecond: z.number().positive(), burst: z.number().int().positive() }),
    auth: authSchema,
  })
  .refine(({ name, auth }) => name === 'local' || auth.jwks === undefined, {
    path: ['auth', 'jwks'],
    message: 'inline keys cannot be rotated: outside local give authJwksUri',
  })
  .refine(({ name, auth }) => name === 'local' || auth.jwksUri !== undefined, {
    path: ['auth', 'jwksUri'],
    message: 'missing: tokens could not be verified',
  })
  .refine(({ queues, functions }) => queues.visibilitySeconds >= functions.timeoutSeconds, {
    path: ['queues', 'visibilitySeconds'],
    message: 'must not be less than functions.timeoutSeconds, or a message is handled twice at once',
  });

export type EnvironmentConfig = z.infer<typeof environmentSchema>;
export type EnvironmentName = EnvironmentConfig['name'];

function isKeySet(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { keys?: unknown }).keys);
  } catch {
    return false;
  }
}
