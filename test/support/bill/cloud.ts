import type {
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import type { Branch } from '../../../lib/core/dag/emit/asl';
import { MeteredMachines } from './machine';
import { bytesOf, chunks, Meter } from './meter';
import { MeteredTable } from './table';

// biome-ignore lint/suspicious/noExplicitAny: inputs of commands, each as its name says.
type Command = { constructor: { name: string }; input: any };

interface Message {
  readonly body: string;
  readonly groupId?: string | undefined;
}

/** Queues by the end of their URL. */
const QUEUE_NAMES = [
  'jobs.fifo',
  'pools.fifo',
  'dependencies.fifo',
  'dispatch',
  'timers',
  'effects',
  'graphs',
  'triggers',
  'targets.fifo',
  'deliveries',
  'own-dlq',
] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** Lines that Lambda itself logs of an invocation, START, END and REPORT with its trace, and what CloudWatch adds to a line. */
const PLATFORM_BYTES = 80 + 52 + 330;
const LINE_BYTES = 26;
/** Of the gateway's access log, with its standard fields. */
const ACCESS_LOG_BYTES = 380;
/** Share of the calls that are traced, beside one a second; what follows from a call is in its trace. */
const SAMPLED = 0.05;

/** AWS in memory, for the real functions to run on: what they ask of it is counted in the units that are billed. */
export class MeteredCloud {
  readonly meter = new Meter();
  readonly table = new MeteredTable(this.meter);
  readonly definitions = new Map<string, Branch>();
  readonly #queues = new Map<QueueName, Message[]>(QUEUE_NAMES.map((name) => [name, []]));
  readonly #seen = new Set<string>();
  readonly #objects = new Map<string, Uint8Array>();
  readonly #messageIds = { last: 0 };
  /** What the deployment sets: lines of the platform, and what machines log. */
  readonly settings = { platformLogs: false, machineLogs: 'ERROR' as 'ALL' | 'ERROR' };
  readonly machines = new MeteredMachines({
    meter: this.meter,
    logs: () => this.settings.machineLogs,
    definitionOf: (arn) => {
      const found = this.definitions.get(arn.split(':').slice(0, 7).join(':'));
      if (!found) throw new Error(`no machine ${arn}`);
      return found;
    },
    send: (groupId, body) => {
      this.meter.add('fifoRequests', chunks(body.length));
      this.#queues.get('jobs.fifo')?.push({ body, groupId });
    },
  });

  readonly sqs = {
    config: {},
    send: async ({ input }: Command) => {
      const name = String(input.QueueUrl).split('/').at(-1) as QueueName;
      // One message, or several.
      const entries = input.Entries ?? [input];
      const bytes = entries.reduce(
        (sum: number, { MessageBody }: { MessageBody: string }) => sum + MessageBody.length,
        0,
      );
      this.#request(name, bytes);
      for (const { MessageBody: body, MessageGroupId: groupId, MessageDeduplicationId: id } of entries) {
        if (id !== undefined && this.#seen.has(id)) continue;
        if (id !== undefined) this.#seen.add(id);
        this.#queues.get(name)?.push({ body, groupId });
      }
      return {};
    },
  };

  readonly sfn = {
    send: async ({ constructor: { name }, input }: Command) => {
      if (name === 'StartExecutionCommand') {
        this.machines.start(input.stateMachineArn, JSON.parse(input.input));
        return { executionArn: `${input.stateMachineArn}:${input.name}` };
      }
      if (name === 'SendTaskSuccessCommand') this.machines.answer(input.taskToken);
      else if (name === 'SendTaskFailureCommand') this.machines.answer(input.taskToken, input.error);
      else if (name === 'DescribeStateMachineCommand') {
        if (!this.definitions.has(input.stateMachineArn))
          throw Object.assign(new Error(name), { name: 'StateMachineDoesNotExist' });
        return { status: 'ACTIVE' };
      }
      return {};
    },
  };

  readonly s3 = {
    send: async ({ constructor: { name }, input }: Command) => {
      if (name === 'PutObjectCommand') {
        this.meter.add('objectWrites');
        this.#objects.set(input.Key, input.Body);
        return {};
      }
      this.meter.add('objectReads');
      const body = this.#objects.get(input.Key);
      if (!body) throw Object.assign(new Error(input.Key), { name: 'NoSuchKey' });
      return { Body: { transformToByteArray: async () => body } };
    },
  };

  readonly eventBridge = {
    send: async ({ input }: Command) => {
      for (const entry of input.Entries ?? []) this.meter.add('busEvents', chunks(bytesOf(entry)));
      return { Entries: (input.Entries ?? []).map(() => ({})) };
    },
  };

  /** What is sent over the connection of a worker reaches this. */
  onSocket: (text: string) => Promise<void> = async () => {};

  readonly apiGateway = {
    send: async ({ input }: Command) => {
      const text = Buffer.from(input.Data).toString();
      this.#overSocket(text);
      // The call that sends does not wait for what the worker makes of it.
      void this.onSocket(text);
      return {};
    },
  };

  /** What a worker says over its connection. */
  async say(
    handler: (event: never, context: Context) => Promise<{ readonly body?: string }>,
    { query, text }: { readonly query: Readonly<Record<string, string>>; readonly text: string },
  ): Promise<void> {
    this.#overSocket(text);
    const authorizer = { ...query, subject: 'ana', scopes: 'orchestration.worker', expires: 4_102_444_800 };
    const requestId = `r${++this.#messageIds.last}`;
    const requestContext = { eventType: 'MESSAGE', connectionId: 'c1', requestId, authorizer };
    const { body } = await this.invoke(handler, { requestContext, body: text } as never);
    if (body !== undefined) this.#overSocket(body);
  }

  #overSocket(text: string): void {
    this.meter.add('socketMessages', Math.ceil(Buffer.byteLength(text) / 32_768));
  }

  /** What a function wrote to its log: an entry, on one line there however it is printed here. */
  logged(text: string): void {
    const line = text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : text;
    this.meter.add('logBytes', Buffer.byteLength(line) + LINE_BYTES);
  }

  get isIdle(): boolean {
    return (
      [...this.#queues.values()].every((messages) => messages.length === 0) && this.table.records.length === 0
    );
  }

  /** Throws away what waits in a queue. */
  drop(name: QueueName): void {
    this.#queues.set(name, []);
  }

  /** One batch of a queue for its function. @returns whether there was one. */
  async deliver(
    name: QueueName,
    handler: (event: SQSEvent, context: Context) => Promise<unknown>,
    most: number,
  ): Promise<boolean> {
    const messages = this.#queues.get(name) as Message[];
    const batch = messages.splice(0, most);
    if (batch.length === 0) return false;
    // Lambda receives the batch and deletes it: two requests of ours.
    this.#request(
      name,
      batch.reduce((sum, { body }) => sum + body.length, 0),
    );
    this.#request(name, 0);
    const Records = batch.map(({ body, groupId }) => ({
      ...{ messageId: `m${++this.#messageIds.last}`, receiptHandle: 'r', body },
      ...{
        attributes: { MessageGroupId: groupId },
        messageAttributes: {},
        eventSource: 'aws:sqs',
        awsRegion: 'us-east-1',
      },
      ...{ eventSourceARN: 'arn:aws:sqs:us-east-1:1:q', md5OfBody: '' },
    })) as unknown as SQSEvent['Records'];
    const { batchItemFailures } = (await this.invoke(handler, { Records })) as SQSBatchResponse;
    if (batchItemFailures.length > 0) throw new Error(`${name} failed on ${JSON.stringify(batch)}`);
    return true;
  }

  /** A call of the API, with whoever calls known. */
  async call(
    handler: (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>,
    request: {
      route: string;
      params?: Record<string, string>;
      body?: string | null;
      headers?: Record<string, string>;
      scopes: string;
    },
  ): Promise<APIGatewayProxyResult> {
    this.meter.add('apiCalls');
    this.meter.add('logBytes', ACCESS_LOG_BYTES + LINE_BYTES);
    this.meter.add('traces', SAMPLED);
    const [httpMethod, resource] = request.route.split(' ');
    const event = {
      ...{
        httpMethod,
        resource,
        path: resource,
        body: request.body ?? null,
        headers: { 'Content-Type': 'application/json', ...request.headers },
      },
      ...{ pathParameters: request.params ?? null, queryStringParameters: null },
      requestContext: {
        requestId: `r${++this.#messageIds.last}`,
        authorizer: { subject: 'ana', scopes: request.scopes },
      },
    } as unknown as APIGatewayProxyEvent;
    return this.invoke(handler, event);
  }

  async invoke<Event, Result>(
    handler: (event: Event, context: Context) => Promise<Result>,
    event: Event,
  ): Promise<Result> {
    this.meter.add('invocations');
    if (this.settings.platformLogs) this.meter.add('logBytes', PLATFORM_BYTES + 3 * LINE_BYTES);
    const context = {
      ...{ functionName: 'f', awsRequestId: '00000000-0000-0000-0000-000000000000', memoryLimitInMB: '512' },
      ...{
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:reprise-dev-job-inputs',
        functionVersion: '$LATEST',
      },
      getRemainingTimeInMillis: () => 10_000,
    } as unknown as Context;
    return handler(event, context);
  }

  #request(name: QueueName, bytes: number): void {
    this.meter.add(name.endsWith('.fifo') ? 'fifoRequests' : 'queueRequests', chunks(bytes));
  }
}
