import { parseTraceParent, TraceState } from '@opentelemetry/core';
import {
  isTraceId,
  spanIdOf,
  traceContextOf,
  traceNamed,
  traceOfJob,
  traceparentOf,
  xrayHeaderOf,
} from '../../../../lib/core/model/trace';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('a traceparent', () => {
  it('names trace and span, and whether they are recorded', () => {
    const parent = { spanId: SPAN, sampled: true };
    expect(traceContextOf(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, parent });
    expect(traceContextOf(` 00-${TRACE}-${SPAN}-00 `)?.parent.sampled).toBe(false);
    expect(traceContextOf(`00-${TRACE}-${SPAN}-03`)?.parent.sampled).toBe(true);
  });

  it.each([
    `00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-00`,
    `cc-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ])('is read as the propagator of OpenTelemetry reads it: %s', (text) => {
    const theirs = parseTraceParent(text);
    const ours = traceContextOf(text);
    expect(ours && [ours.traceId, ours.parent.spanId, ours.parent.sampled]).toEqual(
      theirs ? [theirs.traceId, theirs.spanId, (theirs.traceFlags & 1) === 1] : undefined,
    );
  });

  it('of a later version is read as far as it is like the first', () => {
    expect(traceContextOf(`01-${TRACE}-${SPAN}-01`)?.traceId).toBe(TRACE);
    expect(traceContextOf(`cc-${TRACE}-${SPAN}-01-what-comes`)?.traceId).toBe(TRACE);
  });

  it.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['has the version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['has capital digits', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['has a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['has a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['of the first version goes on', `00-${TRACE}-${SPAN}-01-more`],
    ['of a later version goes on without a dash', `cc-${TRACE}-${SPAN}-01.more`],
  ])('counts as absent where it %s', (_, text) => {
    expect(traceContextOf(text)).toBeUndefined();
  });

  it('is written as it is read', () => {
    const text = `00-${TRACE}-${SPAN}-00`;
    const { traceId, parent } = traceContextOf(text) as NonNullable<ReturnType<typeof traceContextOf>>;
    expect(traceparentOf({ traceId, ...parent })).toBe(text);
  });
});

describe('a tracestate', () => {
  const stateOf = (text: string) => traceContextOf(`00-${TRACE}-${SPAN}-01`, text)?.parent.state;

  it.each([
    'rojo=00f067aa0ba902b7',
    'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    'fw529a3039@dt=FfffffffffFF , a*/_-b=!"#$%&',
    'a=1,,b=2',
  ])('is kept as it came: %s', (text) => {
    expect(stateOf(text)).toBe(text);
    // What OpenTelemetry reads in it, it reads in what we hand on.
    expect(new TraceState(stateOf(text)).serialize()).toBe(new TraceState(text).serialize());
  });

  it.each(['A=1', 'a', 'a=b=c', 'a=\u00e9', 'a=1;b=2\n', '@a=1', `a=${'x'.repeat(512)}`, '='])(
    'that is malformed or too long is left out, and the parent stays: %s',
    (text) => {
      expect(traceContextOf(`00-${TRACE}-${SPAN}-01`, text)).toEqual({
        traceId: TRACE,
        parent: { spanId: SPAN, sampled: true },
      });
    },
  );
});

describe('the trace of a job', () => {
  it.each([
    [TRACE, undefined],
    [TRACE.toUpperCase(), undefined],
    ['0af76519-16cd-43dd-8448-eb211c80319c', undefined],
    ['1-0af76519-16cd43dd8448eb211c80319c', undefined],
    [`Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${SPAN};Sampled=1`, SPAN],
    [`00-${TRACE}-${SPAN}-01`, SPAN],
  ])('is the one that its id names: %s', (id, spanId) => {
    expect(traceOfJob(id, 'j')).toEqual({ traceId: TRACE, ...(spanId && { spanId }) });
  });

  it('is one of its own where the id names none, the same each time', () => {
    expect(traceNamed('ci-4711')).toBeUndefined();
    const { traceId } = traceOfJob('ci-4711', 'j');
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceOfJob('ci-4711', 'j')).toEqual({ traceId });
    expect(traceOfJob('ci-4711', 'k').traceId).not.toBe(traceId);
    expect(traceOfJob('ci-4712', 'j').traceId).not.toBe(traceId);
  });

  it('has a span of its own for the job, each node and each attempt', () => {
    const spans = [
      spanIdOf('j'),
      spanIdOf('j', 'a'),
      spanIdOf('j', 'a', 1),
      spanIdOf('j', 'a', 2),
      spanIdOf('k'),
    ];
    expect(new Set(spans).size).toBe(spans.length);
    for (const span of spans) expect(span).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is known to X-Ray by the same digits, with two dashes', () => {
    const header = xrayHeaderOf({ traceId: TRACE, spanId: SPAN });
    expect(header).toBe(`Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${SPAN}`);
    expect(traceNamed(header)).toEqual({ traceId: TRACE, spanId: SPAN });
    expect(xrayHeaderOf({ traceId: TRACE, spanId: SPAN, sampled: true })).toBe(`${header};Sampled=1`);
    expect(xrayHeaderOf({ traceId: TRACE, spanId: SPAN, sampled: false })).toBe(`${header};Sampled=0`);
  });
});

it.each([
  ['ci-4711', true],
  ['a b', false],
  ['a"b', false],
  ['a\nb', false],
  ['', false],
  ['x'.repeat(128), true],
  ['x'.repeat(129), false],
])('an id of a caller is text that every header and log can carry: %s', (id, isGood) => {
  expect(isTraceId(id)).toBe(isGood);
});
