import type * as z from 'zod';
import type { EngineClient } from '../adapters/http/engine-client';
import { listen } from '../adapters/http/listen';
import { SYSTEM } from '../adapters/system';
import { bodyOfRef, refOf } from '../contract/execution-wire';
import { executionRequest, MAX_RUNNING } from '../contract/executions';
import type { EngineCall, Told } from '../contract/worker-socket';
import type { registerWorkerResponse } from '../contract/workers';
import { RepriseError } from '../core/errors';
import type { AttemptRef } from '../core/model/attempt';
import { present } from '../core/model/present';
import type { TestExecutionEngine } from '../core/ports/execution';
import { createLink, type Served } from './link';
import type { Log } from './log';
import { createServer, type ServerDeps } from './server';

/** Where a worker serves that is called. */
export interface PushOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the engine reaches this worker, when not at `host` and `port`. */
  readonly advertise?: string;
}

/** Attempts as they come in, however they do. */
export interface Reception {
  readonly engine: Pick<TestExecutionEngine, 'status' | 'cancel' | 'results'>;
  /** Takes an attempt on, or says why not. */
  readonly accept: ServerDeps['accept'];
  readonly load: () => { readonly running: number; readonly slots: number };
  readonly running: ServerDeps['running'];
  readonly log: Log;
}

/** How the engine hands attempts to this worker: it calls an endpoint, or this worker keeps a connection open. */
export interface Channel {
  /** None where it pulls. */
  readonly endpoint?: string;
  /** Hears what a registration was answered. */
  readonly registered: (answer: z.output<typeof registerWorkerResponse>) => void;
  readonly heartbeat: EngineClient['heartbeat'];
  /** Resolves when attempts can come. @throws RepriseError UPSTREAM_UNAVAILABLE when that takes too long. */
  readonly ready: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Serves the contract over HTTP. @throws RepriseError INPUT_INVALID when the address cannot be taken. */
export async function pushChannel(
  reception: Reception,
  options: PushOptions & { readonly client: Pick<EngineClient, 'heartbeat'> },
): Promise<Channel> {
  let dispatchToken: string | undefined;
  const server = createServer({ ...reception, dispatchToken: () => dispatchToken });
  const listening = await listen(server, options);
  return {
    endpoint: options.advertise ?? listening.address,
    registered: ({ dispatch_token }) => {
      dispatchToken = dispatch_token;
    },
    heartbeat: options.client.heartbeat,
    ready: async () => {},
    close: listening.close,
  };
}

/** Patience with the first connection, milliseconds. */
const FIRST_MS = 30_000;

/** Keeps a connection to the engine and listens on nothing. */
export function pullChannel(
  { engine, accept, running, log }: Reception,
  options: { readonly api: string; readonly token: string; readonly onOpen: () => void },
): Channel {
  const connected = new AbortController();
  const link = createLink({ ...options, serve, log, timing: SYSTEM });

  async function serve(call: EngineCall): Promise<Served> {
    if (call.type === 'ask') return { status: 200, told: await told(engine, call.attempts, running()) };
    if (call.type === 'cancel') return { status: await cancelled(call) };
    return { status: await taken(call) };
  }

  async function cancelled(call: Extract<EngineCall, { type: 'cancel' }>): Promise<number> {
    const ref = { jobId: call.job_id, nodeId: call.node_id, attempt: call.attempt };
    await engine.cancel(ref, call.reason);
    return 202;
  }

  async function taken(call: Extract<EngineCall, { type: 'submit' }>): Promise<number> {
    const body = executionRequest.safeParse(call.execution);
    if (!body.success) {
      log.error('a request is none of the contract', { error: body.error.message });
      return 400;
    }
    return STATUS[await accept(body.data, { answersStart: true })];
  }

  return {
    registered: ({ connect }) => {
      if (connect === undefined) throw new RepriseError('INPUT_INVALID', NO_SOCKET);
      if (options.api.startsWith('https:') && !connect.startsWith('wss:')) {
        throw new RepriseError(
          'INPUT_INVALID',
          `${connect} is not encrypted, as the API is: no token is sent there`,
        );
      }
      link.open(connect);
    },
    async heartbeat(_workerId, { running, draining, next_seconds }) {
      const heard = await link.heartbeat({ running, ...present({ draining, next_seconds }) });
      if (!connected.signal.aborted) log.info('connected');
      connected.abort();
      return heard;
    },
    async ready() {
      await SYSTEM.sleep(FIRST_MS, connected.signal);
      if (connected.signal.aborted) return;
      throw new RepriseError('UPSTREAM_UNAVAILABLE', `no connection to the engine in ${FIRST_MS / 1_000} s`);
    },
    close: async () => link.close(),
  };
}

async function told(
  engine: Pick<TestExecutionEngine, 'status'>,
  asked: Extract<EngineCall, { type: 'ask' }>['attempts'],
  running: readonly AttemptRef[],
): Promise<Told> {
  const attempts = await Promise.all(asked.map((body) => engine.status(refOf(body))));
  return { attempts, running: running.slice(0, MAX_RUNNING).map(bodyOfRef) };
}

/** As over HTTP, where a start stands in the body. */
const STATUS = { started: 201, accepted: 202, full: 409, draining: 503 } as const;

const NO_SOCKET =
  'this engine has no connections for workers that pull: give the worker an endpoint with --host, --port or --advertise';
