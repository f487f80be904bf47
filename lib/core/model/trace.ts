import { hash as digest } from 'node:crypto';
import * as z from 'zod';
import type { ReadOnly } from './read-only';

/** What a trace id or a correlation id may look like: it goes into journals, logs, events and headers. */
export const isTraceId = (text: string): boolean => /^[A-Za-z0-9_.:=;-]{1,128}$/.test(text);

/** A `tracestate` is handed on whole up to here, and else not at all: https://www.w3.org/TR/trace-context/#tracestate-limits */
const STATE_LENGTH = 512;

const KEY = '[a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}';
const MEMBER = `(?:(?:${KEY})=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e])?`;
const STATE = new RegExp(`^${MEMBER}(?:[ \\t]*,[ \\t]*${MEMBER}){0,31}$`);

const spanId = z.string().regex(/^[0-9a-f]{16}$/);
const state = z.string().max(STATE_LENGTH).regex(STATE);

/** What a caller's `traceparent` and `tracestate` say beside the id of the trace. */
export const traceParentSchema = z.object({
  /** The caller's span. */
  spanId,
  /** Whether the caller records the trace. */
  sampled: z.boolean(),
  state: state.exactOptional(),
});
export type TraceParent = ReadOnly<z.infer<typeof traceParentSchema>>;

/** The same as an attempt continues it, under a span of ours. */
export const traceCarriedSchema = traceParentSchema.omit({ spanId: true });

export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly parent: TraceParent;
}

const TRACEPARENT =
  /^(?!ff)(?<version>[0-9a-f]{2})-(?!0{32})(?<trace>[0-9a-f]{32})-(?!0{16})(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

const SAMPLED = 1;

/**
 * Reads `traceparent` and `tracestate`: https://www.w3.org/TR/trace-context/. A later version is read as far as it is like the
 * first one. What is malformed counts as absent, as the standard has it.
 */
export function traceContextOf(
  traceparent: string | undefined,
  tracestate?: string | undefined,
): TraceContext | undefined {
  const { version, trace, span, flags, more } = TRACEPARENT.exec(traceparent?.trim() ?? '')?.groups ?? {};
  if (trace === undefined || span === undefined || flags === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  const kept = state.safeParse(tracestate?.trim());
  const parent = { spanId: span, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
  return { traceId: trace, parent: kept.data ? { ...parent, state: kept.data } : parent };
}

/** Forms in which callers name a trace: W3C `traceparent`, a header of X-Ray, 32 digits, a UUID. */
const FORMS = [
  /^[0-9a-f]{2}-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-[0-9a-f]{2}$/,
  /^(?:root=)?1-(?<trace>[0-9a-f]{8}-[0-9a-f]{24})(?:;parent=(?<span>[0-9a-f]{16}))?(?:;.*)?$/,
  /^(?<trace>[0-9a-f]{32})$/,
  /^(?<trace>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/,
];

export interface NamedTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits, where the name has a span. */
  readonly spanId?: string;
}

/** The trace that an id names, where it is in a form that OpenTelemetry or X-Ray has. */
export function traceNamed(id: string): NamedTrace | undefined {
  for (const form of FORMS) {
    const { trace, span } = form.exec(id.toLowerCase())?.groups ?? {};
    const traceId = trace?.replaceAll('-', '');
    if (traceId === undefined || /^0+$/.test(traceId)) continue;
    return span === undefined ? { traceId } : { traceId, spanId: span };
  }
  return undefined;
}

const hash = (parts: readonly (string | number)[]): string => digest('sha256', JSON.stringify(parts));

/**
 * The trace of a job as OpenTelemetry and X-Ray have it: the one that the journal's id names, or else one made of id and job,
 * which no other job has.
 */
export function traceOfJob(given: string, jobId: string): NamedTrace {
  return traceNamed(given) ?? { traceId: hash(['trace', given, jobId]).slice(0, 32) };
}

/** The span of a job, of one of its nodes, or of an attempt: the same whoever asks. 16 hex digits. */
export function spanIdOf(jobId: string, nodeId?: string, attempt?: number): string {
  return hash(['span', jobId, nodeId, attempt].filter((part) => part !== undefined)).slice(0, 16);
}

interface SpanRef {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span of ours as the parent of others. */
export function traceparentOf({ traceId, spanId, sampled }: SpanRef & { readonly sampled: boolean }): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/**
 * The same as a header of X-Ray, whose ids are those of W3C with two dashes.
 * @param sampled whether the trace is recorded; without it whoever is called decides.
 */
export function xrayHeaderOf({
  traceId,
  spanId,
  sampled,
}: SpanRef & { readonly sampled?: boolean | undefined }) {
  const decision = sampled === undefined ? '' : `;Sampled=${sampled ? 1 : 0}`;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId}${decision}`;
}
