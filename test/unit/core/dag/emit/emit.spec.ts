import { createRequire } from 'node:module';
import { compile } from '../../../../../lib/core/dag/compile';
import { STEP_FUNCTIONS_LIMITS } from '../../../../../lib/core/dag/emit/quotas';
import { graphRunnerDefinition } from '../../../../../lib/core/dag/emit/runner';
import { bipartite, chain, graphOf, ladder, layered, seededRandom } from '../../../../support/graphs';

/** The package ships no types. */
const validateAsl = createRequire(__filename)('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errorsText: () => string;
};
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('the state of a node', () => {
  const { machines } = compile(graphOf({ a: [], b: ['a'] }));
  const { States } = machines[0]!.definition;

  it('sends one message with the node, the job and a token, and waits for the answer', () => {
    expect(plain(States.a)).toEqual({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: {
        QueueUrl: '${JobsQueueUrl}',
        'MessageGroupId.$': '$.jobId',
        MessageBody: {
          'jobId.$': '$.jobId',
          message: { type: 'nodeEntered', nodeId: 'a', 'token.$': '$$.Task.Token' },
        },
      },
      ResultPath: null,
      Retry: [expect.objectContaining({ ErrorEquals: ['SQS.SdkClientException', 'SQS.AmazonSQSException'] })],
      Catch: [{ ErrorEquals: ['NodeFailed', 'NodeCancelled'], ResultPath: null, Next: 'b' }],
      Next: 'b',
    });
  });

  it('goes on after a failure as after a success, to the outcome of the job in the end', () => {
    expect(States.b).toMatchObject({ Next: '#outcome', Catch: [{ Next: '#outcome' }] });
  });

  it('retries no answer of the engine', () => {
    expect(JSON.stringify(machines)).not.toMatch(/States\.(TaskFailed|ALL)/);
  });
});

describe('the outcome of the job', () => {
  it('is awaited by the last state of the root machine, which fails with the job', () => {
    const { definition } = compile(graphOf({ a: [] })).machines[0]!;
    expect(plain(definition.States['#outcome'])).toMatchObject({
      Parameters: { MessageBody: { message: { type: 'outcomeAwaited', 'token.$': '$$.Task.Token' } } },
      End: true,
    });
    expect(definition.States['#outcome']).not.toHaveProperty('Catch');
  });
});

describe('parallel parts', () => {
  it('pass the job id on and end in a state of their own when their last node fails', () => {
    const { definition } = compile(graphOf({ a: [], b: [] })).machines[0]!;
    expect(plain(definition.States['parallel#1'])).toMatchObject({
      Type: 'Parallel',
      Parameters: { 'jobId.$': '$.jobId' },
      ResultPath: null,
      Next: '#outcome',
      Branches: [
        {
          StartAt: 'a',
          States: { a: { End: true, Catch: [{ Next: 'a#end' }] }, 'a#end': { Type: 'Pass', End: true } },
        },
        { StartAt: 'b', States: { b: { End: true }, 'b#end': { Type: 'Pass' } } },
      ],
    });
  });
});

describe('a graph past the quotas of one machine', () => {
  const limits = { ...STEP_FUNCTIONS_LIMITS, definitionBytes: 12_000 };
  const compilation = compile(ladder(10, 3), { limits });

  it('is split into machines that are started by the others and keep the limits', () => {
    const { machines, certificate } = compilation;
    expect(machines.length).toBeGreaterThan(2);
    expect(machines.map(({ name }) => name)).toEqual([
      'root',
      ...machines.slice(1).map(() => expect.stringMatching(/^part-\d+$/)),
    ]);
    expect(certificate).toMatchObject({ stateMachines: machines.length, residualEdges: 0 });
    expect(certificate.definitionBytes).toBeLessThanOrEqual(12_000);
    const text = JSON.stringify(machines);
    for (const { name } of machines.slice(1)) expect(text.split(`"\${machine:${name}}"`)).toHaveLength(2);
  });

  it('hands the job id to each machine and links the executions', () => {
    const states = JSON.stringify(compilation.machines);
    expect(states).toContain('"Resource":"arn:aws:states:::states:startExecution.sync:2"');
    expect(states).toContain(
      '"Input":{"jobId.$":"$.jobId","AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$":"$$.Execution.Id"}',
    );
  });

  it('says that it was split', () => {
    expect(compilation.warnings).toEqual([expect.stringContaining('is split over')]);
  });

  it('is split by its history too', () => {
    const { certificate } = compile(bipartite(1, 100), {
      limits: { ...STEP_FUNCTIONS_LIMITS, historyEvents: 200 },
    });
    expect(certificate.historyEvents).toBeLessThanOrEqual(200);
    expect(certificate.stateMachines).toBeGreaterThan(4);
  });

  it('cannot be split for limits that hold nothing', () => {
    expect(() =>
      compile(chain(10), { limits: { ...STEP_FUNCTIONS_LIMITS, definitionBytes: 2_500 } }),
    ).toThrow(expect.objectContaining({ code: 'GRAPH_TOO_LARGE' }));
  });

  it('keeps the real quotas with 20,000 nodes', () => {
    const { certificate } = compile(bipartite(1, 19_999));
    expect(certificate.definitionBytes).toBeLessThanOrEqual(1_048_576);
    expect(certificate.historyEvents).toBeLessThanOrEqual(25_000);
  });

  it('counts as bytes at least what the definition has with a queue URL of 300 characters put in', () => {
    for (const graph of [layered(6, 10, 0.3, seededRandom(1)), ladder(40)]) {
      const { machines, certificate } = compile(graph);
      const deployed = JSON.stringify(machines[0]!.definition).replaceAll('${JobsQueueUrl}', 'q'.repeat(300));
      expect(certificate.definitionBytes).toBe(Buffer.byteLength(deployed));
    }
  });
});

describe('warnings', () => {
  it('come from 80 % of a quota on', () => {
    const of = (share: number) => {
      const { certificate } = compile(ladder(5));
      const limits = {
        ...STEP_FUNCTIONS_LIMITS,
        historyEvents: Math.ceil(certificate.historyEvents / share),
      };
      return compile(ladder(5), { limits }).warnings;
    };
    expect(of(0.79)).toEqual([]);
    expect(of(0.82)).toEqual([expect.stringMatching(/^root takes \d+ of \d+ history events \(82 %\)$/)]);
  });
});

describe('the machine that runs any graph', () => {
  it('is valid Amazon States Language: one task, which enters all nodes and waits for the end of the job', () => {
    const definition = graphRunnerDefinition();
    const result = validateAsl(plain(definition));
    expect(result.isValid ? '' : result.errorsText()).toBe('');
    const { States } = plain(definition) as { States: Record<string, object> };
    expect(Object.keys(States)).toEqual(['#outcome']);
    const message = { type: 'allEntered', 'token.$': '$$.Task.Token' };
    expect(States['#outcome']).toMatchObject({
      Parameters: { MessageBody: { 'jobId.$': '$.jobId', message } },
      End: true,
    });
  });
});
