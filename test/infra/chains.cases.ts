import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { statementsByRole } from './support/policies';
import { functionBehind, type Resource, synthesise } from './support/synth';

/** `FunctionsTimers` of `FunctionsTimersFunctionServiceRole1A2B3C4D` and of the function itself. */
const functionOf = (id: string): string => id.replace(/Function(?!s).*/, '');

/** What a function sends to and is fed by, as logical ids of queues. */
function edges(ofType: (type: string) => Record<string, Resource>) {
  const queues = Object.keys(ofType('AWS::SQS::Queue'));
  const named = (value: unknown) => queues.filter((id) => JSON.stringify(value).includes(id));
  const sends = new Map<string, string[]>();
  for (const [id, statements] of statementsByRole(ofType)) {
    const sending = statements.filter(({ Action }) => [Action].flat().includes('sqs:SendMessage'));
    sends.set(
      functionOf(id),
      sending.flatMap(({ Resource }) => named(Resource)),
    );
  }
  const feeds = new Map<string, string[]>();
  for (const { Properties } of Object.values(ofType('AWS::Lambda::EventSourceMapping'))) {
    const fn = functionOf(functionBehind(Properties['FunctionName'], ofType));
    feeds.set(fn, named(Properties['EventSourceArn']));
  }
  return { sends, feeds };
}

/** The functions whose messages may lead back to them. */
function inLoops({ sends, feeds }: ReturnType<typeof edges>): string[] {
  const next = (fn: string) =>
    [...feeds]
      .filter(([, queues]) => queues.some((queue) => sends.get(fn)?.includes(queue)))
      .map(([to]) => to);
  return [...feeds.keys()].filter((start) => {
    const reached = new Set<string>();
    const open = next(start);
    for (let fn = open.pop(); fn !== undefined; fn = open.pop()) {
      if (!reached.has(fn)) open.push(...next(fn));
      reached.add(fn);
    }
    return reached.has(start);
  });
}

describe.each(ENVIRONMENT_NAMES)('chains of functions and queues in %s', (name) => {
  const { ofType, environment } = synthesise(name);
  const graph = edges(ofType);
  const functions = Object.entries(ofType('AWS::Lambda::Function'));

  it('may be as long as they are where they are meant to lead back, and nowhere else', () => {
    const allowed = functions.filter(([, { Properties }]) => Properties['RecursiveLoop'] === 'Allow');
    const loops = inLoops(graph).sort();
    expect(allowed.map(([id]) => functionOf(id)).sort()).toEqual(loops);
    expect(loops).toEqual([
      'FunctionsDependencyInputs',
      'FunctionsDispatch',
      'FunctionsEffects',
      'FunctionsJobInputs',
      'FunctionsPoolInputs',
      'FunctionsSweeper',
      'FunctionsTimers',
      'FunctionsTriggers',
      'LettersInputs',
      'LettersRedrive',
    ]);
  });

  it('lose no message: each function puts what it gives up into the DLQ of the queue that feeds it', () => {
    const queues = ofType('AWS::SQS::Queue');
    const fed = [...graph.feeds].filter(([, ids]) => ids.length > 0);
    expect(fed).toHaveLength(12);
    for (const [fn, [feeding = '']] of fed) {
      const redrive = queues[feeding]?.Properties['RedrivePolicy'] as {
        deadLetterTargetArn: { 'Fn::GetAtt': [string, string] };
        maxReceiveCount: number;
      };
      const [dlq] = redrive.deadLetterTargetArn['Fn::GetAtt'];
      // What this one refuses is to have a source, which only SQS gives it.
      if (fn === 'LettersRedrive') expect(graph.sends.get(fn)).not.toContain(dlq);
      else expect(graph.sends.get(fn)).toContain(dlq);
      const [, { Properties }] = functions.find(([id]) => functionOf(id) === fn) as [string, Resource];
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      expect([Variables['QUEUE_URL'], Variables['DLQ_URL']]).toEqual([{ Ref: feeding }, { Ref: dlq }]);
    }
  });

  it('let a message come again for half a day where a service is away, and hide it longer than a function works', () => {
    const { maxReceives, visibilitySeconds } = environment.queues;
    // Two minutes at most from one receive to the next, a minute at least.
    expect(maxReceives * 60).toBeGreaterThanOrEqual(6 * 3_600);
    expect(visibilitySeconds).toBeGreaterThanOrEqual(environment.functions.timeoutSeconds);
  });

  it('shorten the visibility of what comes again', () => {
    for (const [id, statements] of statementsByRole(ofType)) {
      if (!graph.feeds.get(functionOf(id))?.length) continue;
      expect(JSON.stringify(statements)).toContain('sqs:ChangeMessageVisibility');
    }
  });

  it('have timers past 15 minutes brought by schedules, which may send to their queue and its DLQ', () => {
    const [, sends = []] = [...graph.sends].find(([id]) => id.startsWith('TriggersSchedulerRole')) ?? [];
    const timers = Object.keys(ofType('AWS::SQS::Queue')).filter((id) => id.startsWith('QueuesTimers'));
    expect(timers).toHaveLength(2);
    expect(sends).toEqual(expect.arrayContaining(timers));
    // The keeper sets no timers, and knows no more than it needs.
    for (const [, { Properties }] of functions.filter(([id]) => !id.startsWith('LettersKeeper'))) {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      expect(Object.keys(Variables)).toEqual(expect.arrayContaining(['TIMERS_QUEUE_ARN', 'TIMERS_DLQ_ARN']));
    }
  });
});
