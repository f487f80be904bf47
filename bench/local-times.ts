import { setTimeout as sleep } from 'node:timers/promises';

/** Where the time of a function went, over all its invocations. */
export interface FunctionTime {
  /** As in `lambdas/`. */
  readonly name: string;
  readonly calls: number;
  /** What the handler says itself, in the last line it logs. Waits for other services are part of it. */
  readonly handlerMs: number;
  /** What the platform says: the handler, and what it does around it. */
  readonly billedMs: number;
}

interface LogEvent {
  readonly message: string;
}

/** Times of all functions of the local cloud, from their logs. */
export async function functionTimes(endpoint: string): Promise<FunctionTime[]> {
  const { logGroups } = await logs<{ logGroups: { logGroupName: string }[] }>(
    endpoint,
    'DescribeLogGroups',
    {},
  );
  const times: FunctionTime[] = [];
  for (const { logGroupName } of logGroups) {
    const name = functionOf(logGroupName);
    if (name === undefined) continue;
    const reports = numbers(await messagesOf(endpoint, logGroupName, 'REPORT'), /\tDuration: ([\d.]+) ms/);
    const handled = numbers(await messagesOf(endpoint, logGroupName, 'durationMs'), /"durationMs":([\d.]+)/);
    times.push({ name, calls: reports.length, handlerMs: sum(handled), billedMs: sum(reports) });
  }
  return times.sort((a, b) => b.handlerMs - a.handlerMs);
}

/** `/aws/cloudformation/reprise-local-engine/WorkersJobInputsLog3DFAE1E2` is that of `job-inputs`. */
function functionOf(logGroup: string): string | undefined {
  const construct = /\/(?:Workers)?(\w+)Log[0-9A-F]{8}$/.exec(logGroup)?.[1];
  return construct?.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

/** Messages with a word, ten thousand at most: the local cloud has no next page. */
async function messagesOf(endpoint: string, logGroupName: string, word: string): Promise<string[]> {
  const input = { logGroupName, filterPattern: word, limit: 10_000 };
  const { events } = await logs<{ events: LogEvent[] }>(endpoint, 'FilterLogEvents', input);
  return events.map(({ message }) => message);
}

/** How often a question is asked: while functions log, the emulator may fail to answer. */
const TRIES = 10;

/** The project has no client of CloudWatch Logs, and one call of the local cloud, which checks no signature, is no reason for one. */
async function logs<Output>(endpoint: string, action: string, input: object): Promise<Output> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${action}`,
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request',
      },
      body: JSON.stringify(input),
    });
    if (response.ok) return (await response.json()) as Output;
    const complaint = `${action} answered ${response.status}: ${await response.text()}`;
    if (response.status < 500 || tries === TRIES) throw new Error(complaint);
    await sleep(200);
  }
}

function numbers(messages: readonly string[], pattern: RegExp): number[] {
  return messages
    .flatMap((message) => Number(pattern.exec(message)?.[1] ?? Number.NaN))
    .filter(Number.isFinite);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
