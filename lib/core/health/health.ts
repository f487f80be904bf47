import { present } from '../model/present';
import type { Clock, SetTimer } from '../model/time';

/** `warn`: it serves, and somebody should look. */
export const HEALTH_STATUSES = ['pass', 'warn', 'fail'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

export const COMPONENT_TYPES = ['component', 'datastore', 'system'] as const;

/** What looking at a dependency came to. */
export interface Sight {
  /** Well, where it is not said. */
  readonly status?: HealthStatus;
  /** In place of how long the look took. */
  readonly observed?: { readonly value: number; readonly unit: string };
  /** Why it is not well, or what to know of it. */
  readonly output?: string;
}

/** A dependency of the engine that can be looked at. */
export interface Check {
  readonly component: string;
  /** What is observed of it: `responseTime`, `free`, `wait`. */
  readonly measurement: string;
  readonly type: (typeof COMPONENT_TYPES)[number];
  /** Nothing can be served without it. What the engine can do without for a while is a warning. */
  readonly isVital: boolean;
  /** One that rejects, or does not answer in time, fails. */
  readonly look: () => Promise<Sight>;
}

export interface CheckResult extends Pick<Check, 'component' | 'measurement' | 'type' | 'isVital'> {
  readonly status: HealthStatus;
  readonly observed: { readonly value: number; readonly unit: string };
  readonly output?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Health {
  /** The worst of its checks. */
  readonly status: HealthStatus;
  readonly checks: readonly CheckResult[];
}

export interface CheckupOptions {
  readonly checks: readonly Check[];
  readonly clock: Clock;
  readonly setTimer: SetTimer;
  /** Milliseconds that each look may take. */
  readonly timeoutMs?: number;
  /** For how long a result holds, milliseconds: many who ask cost the dependencies one look. */
  readonly keepMs?: number;
}

const TIMEOUT_MS = 2_000;
const KEEP_MS = 5_000;

/** Looks at every dependency at once, and keeps what it saw for a few seconds. The result never rejects. */
export function createCheckup({ keepMs = KEEP_MS, ...options }: CheckupOptions): () => Promise<Health> {
  let last: { readonly at: number; readonly health: Promise<Health> } | undefined;
  return () => {
    const now = options.clock();
    if (!last || now - last.at >= keepMs) last = { at: now, health: lookAtAll(options) };
    return last.health;
  };
}

async function lookAtAll(options: CheckupOptions): Promise<Health> {
  const checks = await Promise.all(options.checks.map((check) => lookAt(check, options)));
  return { status: worst(checks.map(({ status }) => status)), checks };
}

/** `pass` of none. */
function worst(statuses: readonly HealthStatus[]): HealthStatus {
  return HEALTH_STATUSES.reduce((found, status) => (statuses.includes(status) ? status : found), 'pass');
}

async function lookAt(
  { look, ...check }: Check,
  { clock, setTimer, timeoutMs = TIMEOUT_MS }: CheckupOptions,
): Promise<CheckResult> {
  const began = clock();
  const sight = await inTime(look, { setTimer, timeoutMs }).catch(
    (error: unknown): Sight => ({ status: 'fail', output: reasonOf(error) }),
  );
  const at = clock();
  const { status = 'pass', output, observed = { value: at - began, unit: 'ms' } } = sight;
  const tolerated = status === 'fail' && !check.isVital ? 'warn' : status;
  return { ...check, status: tolerated, observed, ...present({ output }), at };
}

function inTime(
  look: Check['look'],
  { setTimer, timeoutMs }: { readonly setTimer: SetTimer; readonly timeoutMs: number },
): Promise<Sight> {
  return new Promise((resolve, reject) => {
    const cancel = setTimer(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    // What throws at once rejects too.
    Promise.resolve().then(look).then(resolve, reject).finally(cancel);
  });
}

/** Characters of what went wrong; it is for people. */
const REASON = 500;

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, REASON);
}
