import { correlationHeaders, correlationOf } from '../../../lib/api/correlation';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${SPAN}-01`;
const fresh = { traceId: () => 'new-trace', correlationId: () => 'new-call' };

function idsOf(headers: Readonly<Record<string, string>>) {
  return correlationOf((name) => headers[name], fresh);
}

describe('the ids of a call', () => {
  it('are those that it brings', () => {
    expect(idsOf({ 'X-Trace-Id': 't', 'X-Correlation-Id': 'c' })).toEqual({
      traceId: 't',
      correlationId: 'c',
    });
  });

  it('are made where it brings none', () => {
    expect(idsOf({})).toEqual({ traceId: 'new-trace', correlationId: 'new-call' });
  });

  it('are made where what it brings has another form', () => {
    const bad = { 'X-Trace-Id': 'a b', 'X-Correlation-Id': '"', traceparent: 'x', tracestate: 'y' };
    expect(idsOf(bad)).toEqual({ traceId: 'new-trace', correlationId: 'new-call' });
  });

  it('are one and the same where only the correlation is named', () => {
    expect(idsOf({ 'X-Correlation-Id': 'c' })).toEqual({ traceId: 'c', correlationId: 'c' });
  });

  it('are those of a traceparent, with the span that it names', () => {
    const traceParent = { spanId: SPAN, sampled: true, state: 'rojo=1' };
    expect(idsOf({ traceparent, tracestate: 'rojo=1' })).toEqual({
      ...{ traceId: TRACE, correlationId: 'new-call', traceParent },
    });
    expect(idsOf({ traceparent, 'X-Correlation-Id': 'c' })).toMatchObject({
      traceId: TRACE,
      correlationId: 'c',
    });
  });

  it('keep the span of a traceparent where the trace is named beside it, in whatever form, and not that of another one', () => {
    const traceParent = { spanId: SPAN, sampled: true };
    const named = `1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`;
    expect(idsOf({ traceparent, 'X-Trace-Id': named })).toMatchObject({ traceId: named, traceParent });
    expect(idsOf({ traceparent, 'X-Trace-Id': 'ci-4711' })).not.toHaveProperty('traceParent');
  });

  it('are what its answer says', () => {
    expect(correlationHeaders({ traceId: 't', correlationId: 'c' })).toEqual({
      ...{ 'X-Trace-Id': 't', 'X-Correlation-Id': 'c' },
    });
  });
});
