import { LIMITS } from '../../../../lib/core/limits';
import { tracedWork } from '../../../../lib/core/messages/traced-work';
import { workSchema } from '../../../../lib/core/model/work';

const item = { jobId: 'j', nodeId: 'a', attempt: 2, traceId: '0af7651916cd43dd8448eb211c80319c' };
const work = { kind: 'command', run: 'make test' } as const;

describe('work that goes on with the trace of its job', () => {
  it('is told the span of its attempt', () => {
    const { variables } = tracedWork(work, item);
    expect(variables).toEqual({
      TRACEPARENT: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/),
    });
    expect(tracedWork(work, { ...item, attempt: 3 }).variables).not.toEqual(variables);
  });

  it('is told what the caller said of the trace', () => {
    const trace = { sampled: false, state: 'rojo=1' };
    expect(tracedWork(work, { ...item, trace }).variables).toEqual({
      TRACEPARENT: expect.stringMatching(/-00$/),
      TRACESTATE: 'rojo=1',
    });
  });

  it('keeps what its graph gives it under the same name', () => {
    const variables = { TRACEPARENT: 'of the graph', REPRISE_ITEM: 'x' };
    expect(tracedWork({ ...work, variables }, item).variables).toEqual(variables);
  });

  it('stays as it is where it has all the variables that a worker takes', () => {
    const names = Array.from({ length: LIMITS.variables }, (_, i) => [`V${i}`, '']);
    const full = { ...work, variables: Object.fromEntries(names) };
    expect(workSchema.safeParse(full).success).toBe(true);
    expect(tracedWork(full, item)).toEqual(full);
  });

  it('is work that every worker takes', () => {
    expect(workSchema.safeParse(tracedWork(work, item)).success).toBe(true);
  });
});
