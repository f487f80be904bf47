import { headersIn } from '../../../lib/cli/trace';

describe('the headers of a receiver of traces', () => {
  it('come from the variable that its exporters read', () => {
    expect(headersIn({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%2Cb, x-team = shop' })).toEqual({
      authorization: 'Bearer a,b',
      'x-team': 'shop',
    });
    expect(headersIn({})).toEqual({});
  });

  it('are those for traces, where there are any', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a=1', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2' };
    expect(headersIn(env)).toEqual({ b: '2' });
  });

  it.each(['secret', '=secret', 'a=%E0%A4%Asecret'])(
    'are refused where they are %j, and not printed',
    (text) => {
      const refused = () => headersIn({ OTEL_EXPORTER_OTLP_HEADERS: text });
      expect(refused).toThrow(/OTEL_EXPORTER_OTLP_HEADERS: write NAME=VALUE/);
      expect(refused).not.toThrow(/secret/);
    },
  );
});
