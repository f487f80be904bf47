import * as generated from '@opentelemetry/otlp-transformer/build/src/generated/root';
import { otlpDocument, sendSpans } from '../../../../lib/adapters/http/otlp';
import type { Span } from '../../../../lib/core/projections/spans';

/** The code that the package generates of the definition; its types it keeps to itself. */
interface MessageType {
  readonly fromObject: (object: object) => object;
  readonly encode: (message: object) => { readonly finish: () => Uint8Array };
  readonly decode: (bytes: Uint8Array) => object;
  readonly toObject: (message: object, options: object) => object;
}
const { opentelemetry } = generated as unknown as {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: MessageType } } } } };
};
const { ExportTraceServiceRequest: Request } = opentelemetry.proto.collector.trace.v1;

const span = (i: number): Span => ({
  ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: i.toString(16).padStart(16, '0') },
  ...{ name: `n${i}`, kind: 'internal', startedAt: 1_700_000_000_000, endedAt: 1_700_000_000_001.4 },
  ...{ attributes: { text: 'a', whole: 3, part: 0.5, yes: true }, parentSpanId: 'b7ad6b7169203331' },
  events: [{ name: 'exception', at: 1_700_000_000_001, attributes: { 'exception.message': 'no' } }],
  links: [{ spanId: '00000000000000ff', attributes: { 'reprise.link': 'needs' } }],
  error: 'exit status 1',
});

/** What protobuf reads as base64, and OTLP writes in hex. */
const HEX = new Set(['traceId', 'spanId', 'parentSpanId']);
const inBase64 = (document: object): object =>
  JSON.parse(JSON.stringify(document), (key, value) =>
    HEX.has(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  );

function answering(...answers: readonly (readonly [status: number, body: unknown])[]) {
  const seen: { url: string; headers: Record<string, string>; spans: number }[] = [];
  const fetch = (async (
    url: string,
    { headers, body }: { headers: Record<string, string>; body: string },
  ) => {
    const [{ scopeSpans }] = JSON.parse(body).resourceSpans;
    seen.push({ url, headers, spans: scopeSpans[0].spans.length });
    const [status, answer] = answers[Math.min(seen.length, answers.length) - 1] ?? [200, {}];
    return new Response(JSON.stringify(answer), { status });
  }) as unknown as typeof globalThis.fetch;
  return { seen, fetch };
}

const timing = { clock: () => 0, random: () => 0, sleep: async () => undefined };
const options = { endpoint: 'http://127.0.0.1:4318/', version: '1.2.3', retryForMs: 60_000, timing };

describe('spans as OTLP', () => {
  const document = otlpDocument([span(1)], { version: '1.2.3' });

  it('are a request by the definition in protobuf, nothing lost and nothing unknown', () => {
    const message = Request.decode(Request.encode(Request.fromObject(inBase64(document))).finish());
    const read = Request.toObject(message, { longs: String, bytes: String, json: true });
    expect(read).toEqual(inBase64(document));
  });

  it('have ids in hex, times in nanoseconds as text, and values by their types', () => {
    const text = JSON.stringify(document);
    expect(text).toContain('"traceId":"0af7651916cd43dd8448eb211c80319c"');
    expect(text).toContain(
      '"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000001000000"',
    );
    expect(text).toContain(
      '{"key":"whole","value":{"intValue":"3"}},{"key":"part","value":{"doubleValue":0.5}}',
    );
    expect(text).toContain('"status":{"code":2,"message":"exit status 1"}');
  });
});

describe('sending them', () => {
  it('goes to the traces of the endpoint, with the headers, in batches', async () => {
    const { seen, fetch } = answering([200, {}]);
    const spans = Array.from({ length: 300 }, (_, i) => span(i + 1));
    await sendSpans(spans, { ...options, fetch, headers: { authorization: 'Bearer x' } });
    expect(seen.map(({ url, spans: count }) => [url, count])).toEqual([
      ['http://127.0.0.1:4318/v1/traces', 256],
      ['http://127.0.0.1:4318/v1/traces', 44],
    ]);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer x', 'content-type': 'application/json' });
  });

  it('takes the address of traces as it is', async () => {
    const { seen, fetch } = answering([200, {}]);
    await sendSpans([span(1)], { ...options, endpoint: 'http://h/in/v1/traces', fetch });
    expect(seen[0]?.url).toBe('http://h/in/v1/traces');
  });

  it('tries again while the receiver is busy, and not when it refuses', async () => {
    const busy = answering([503, {}], [429, {}], [200, { partialSuccess: null }]);
    await sendSpans([span(1)], { ...options, fetch: busy.fetch });
    expect(busy.seen).toHaveLength(3);
    const refusing = answering([400, { code: 3, message: 'bad span' }]);
    const refused = sendSpans([span(1)], { ...options, fetch: refusing.fetch });
    await expect(refused).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('bad span'),
    });
    expect(refusing.seen).toHaveLength(1);
  });

  it('fails where the receiver takes only some of them, and says why', async () => {
    const { fetch } = answering([200, { partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } }]);
    await expect(sendSpans([span(1)], { ...options, fetch })).rejects.toThrow(
      /did not take 2 spans: too old/,
    );
  });
});
