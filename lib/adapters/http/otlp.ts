import * as z from 'zod';
import { trimSlash } from '../../client/exchange';
import { RepriseError } from '../../core/errors';
import { present } from '../../core/model/present';
import type { Timing } from '../../core/model/time';
import type { Span, SpanEvent, SpanLink } from '../../core/projections/spans';
import { type RetryOptions, retrying } from '../../core/retry/retrying';
import { SYSTEM } from '../system';
import { call } from './call';

/** Who made the spans. */
export interface OtlpSource {
  /** `service.version`. */
  readonly version: string;
}

export interface OtlpOptions extends OtlpSource {
  /** Base of a receiver of OTLP over HTTP, or the address of its traces. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to try again while nobody answers, milliseconds. */
  readonly retryForMs: number;
  /** Hears of each try that failed and is followed by another. */
  readonly onRetry?: RetryOptions['onRetry'];
  readonly timing?: Timing;
  readonly fetch?: typeof fetch;
}

/** Receivers take a few megabytes at a time, and a span with many failed tests is some kilobytes. */
const BATCH = 256;
const TIMEOUT_MS = 10_000;
const BACKOFF = { strategy: 'exponential', initialDelayMs: 500, maxDelayMs: 5_000, jitter: 'full' } as const;

/** 200 to `POST /v1/traces`: what was not taken, where something was not. */
const answer = z.looseObject({
  partialSuccess: z
    .looseObject({
      rejectedSpans: z.union([z.string(), z.number()]).optional(),
      errorMessage: z.string().optional(),
    })
    .nullish(),
});

/**
 * Sends spans by OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). They may be sent again: the
 * same span has the same ids.
 * @throws RepriseError UPSTREAM_UNAVAILABLE, INPUT_INVALID where the receiver refuses them or some of them
 */
export async function sendSpans(spans: readonly Span[], options: OtlpOptions): Promise<void> {
  const { endpoint, headers = {}, retryForMs, onRetry, timing = SYSTEM, fetch } = options;
  const url = tracesAt(endpoint);
  const until = timing.clock() + retryForMs;
  for (let i = 0; i < spans.length; i += BATCH) {
    const body = otlpDocument(spans.slice(i, i + BATCH), options);
    const request = {
      method: 'POST',
      url,
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
      ...present({ fetch }),
    } as const;
    const { partialSuccess } = await retrying(() => call(request, answer), {
      ...timing,
      backoff: BACKOFF,
      until,
      ...present({ onRetry }),
    });
    const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
    if (rejected > 0) {
      const why = partialSuccess?.errorMessage || 'it does not say why';
      throw new RepriseError('INPUT_INVALID', `${url} did not take ${rejected} spans: ${why}`);
    }
  }
}

/** The path of traces follows a base, as the exporters of OpenTelemetry have it. */
function tracesAt(endpoint: string): string {
  const base = trimSlash(endpoint);
  return base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
}

/** An `ExportTraceServiceRequest` in the JSON of OTLP: ids in hex, enums and flags as numbers, 64 bits as text. */
export function otlpDocument(spans: readonly Span[], { version }: OtlpSource): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'reprise', 'service.version': version }) },
        scopeSpans: [{ scope: { name: 'reprise', version }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

const KIND = { internal: 1, server: 2 } as const;
const STATUS = { unset: 0, error: 2 } as const;

function spanOf(span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, startedAt, endedAt, error } = span;
  return {
    ...{ traceId, spanId, ...present({ parentSpanId }), name, kind: KIND[kind] },
    ...{ startTimeUnixNano: nanoseconds(startedAt), endTimeUnixNano: nanoseconds(endedAt) },
    attributes: attributesOf(span.attributes),
    events: span.events.map(eventOf),
    links: span.links.map((link) => linkOf(traceId, link)),
    status: error === undefined ? { code: STATUS.unset } : { code: STATUS.error, message: error },
  };
}

const eventOf = ({ name, at, attributes }: SpanEvent): object => ({
  ...{ name, timeUnixNano: nanoseconds(at), attributes: attributesOf(attributes) },
});

const linkOf = (traceId: string, { spanId, attributes }: SpanLink): object => ({
  ...{ traceId, spanId, attributes: attributesOf(attributes) },
});

function attributesOf(attributes: Span['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: typed(value) }));
}

function typed(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms)) * 1_000_000n}`;
}
