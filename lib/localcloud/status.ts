import { busEvents } from './bus-events';
import { localClients } from './clients';
import type { Deployment } from './deploy';
import { executions } from './executions';
import { queueDepths } from './queues';

const LAST_EVENTS = 10;

/** What the environment holds, for a person: executions, queues and the last events of the bus. */
export async function describeStatus(deployment: Deployment): Promise<string> {
  const { sfn, sqs } = localClients(deployment.endpoint);
  const [runs, queues, events] = await Promise.all([
    executions(sfn, deployment.machineArnPrefix),
    queueDepths(sqs),
    busEvents(deployment.endpoint, deployment.notificationsQueueUrl),
  ]);
  const widest = Math.max(0, ...runs.map(({ name }) => name.length));
  const lines = [
    `Local cloud  ${deployment.endpoint}`,
    `REST API     ${deployment.apiUrl}`,
    '',
    'Step Functions executions, newest first',
    ...(runs.length === 0 ? ['  none'] : []),
    ...runs.map(({ name, status, machine, tasks, startedAt }) => {
      const counts = `tasks ${tasks.scheduled} scheduled, ${tasks.succeeded} succeeded, ${tasks.failed} failed`;
      return `  ${name.padEnd(widest)}  ${status.padEnd(9)}  ${counts}  ${startedAt?.toISOString() ?? ''}  ${machine}`;
    }),
    '',
    'Queues (waiting / in flight / delayed)',
    ...queues.map(({ name, visible, inFlight, delayed, isDlq }) => {
      const mark = isDlq && visible > 0 ? '  <- needs a person' : '';
      return `  ${name.padEnd(28)} ${visible} / ${inFlight} / ${delayed}${mark}`;
    }),
    '',
    'Last events on the bus',
    ...eventLines(events),
  ];
  return lines.join('\n');
}

function eventLines(events: Awaited<ReturnType<typeof busEvents>>): string[] {
  if (!events) return ['  this local cloud does not show them without receiving them'];
  if (events.length === 0) return ['  none'];
  return events.slice(-LAST_EVENTS).map(({ at, type, detail }) => {
    const subject = detail['jobId'] ?? detail['workerId'] ?? '';
    return `  ${at}  ${type.padEnd(36)} ${String(subject)}`;
  });
}
