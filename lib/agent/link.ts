import { WebSocket } from 'ws';
import type { Heard } from '../adapters/http/engine-client';
import {
  type EngineCall,
  type EngineMessage,
  MAX_ANSWERS,
  type WorkerMessage,
} from '../contract/worker-socket';
import { RepriseError } from '../core/errors';
import { present } from '../core/model/present';
import type { Timing } from '../core/model/time';
import { backoff } from '../core/retry/backoff';
import type { Log } from './log';
import { createPuzzle } from './puzzle';

export interface LinkOptions {
  /** The caller's token; it opens the connection. */
  readonly token: string;
  /** Does what a call asks, and says what came of it as a status of the contract. */
  readonly serve: (call: EngineCall) => Promise<number>;
  /** The connection is open, for the first time or again. */
  readonly onOpen: () => void;
  readonly log: Log;
  readonly timing: Timing;
  /** Patience with a connection that opens, and with the answer to a heartbeat, milliseconds. */
  readonly patienceMs?: number;
}

/** The connection of a worker that pulls: opened again, with jitter, whenever it closes, until it is ended. */
export interface Link {
  /** Opens the connection to an address, in place of the one before. */
  readonly open: (url: string) => void;
  /** @throws RepriseError WORKER_NOT_FOUND when the engine asks for a registration; UPSTREAM_UNAVAILABLE when it is not heard. */
  readonly heartbeat: (beat: Omit<Extract<WorkerMessage, { type: 'heartbeat' }>, 'type'>) => Promise<Heard>;
  readonly close: () => void;
}

/** After it the worker tries another connection: the engine counts on the next heartbeat soon. */
const PATIENCE_MS = 5_000;
/** Milliseconds in which answers wait for others. */
const TOGETHER_MS = 15;
/** Full jitter: a gateway that closes a thousand connections at once is not asked for all of them in one second. */
const BACKOFF = { strategy: 'exponential', initialDelayMs: 500, maxDelayMs: 10_000, jitter: 'full' } as const;
const MAX_FRAME_BYTES = 1024 * 1024;

export function createLink(options: LinkOptions): Link {
  const { log, timing, patienceMs = PATIENCE_MS } = options;
  const answer = together(timing);
  let ended = new AbortController();
  let socket: WebSocket | undefined;
  let awaited: ((message: EngineMessage | undefined) => void) | undefined;

  /** Resolves when the connection has closed. @returns whether it was open. */
  function connection(url: string, signal: AbortSignal): Promise<boolean> {
    const mine = new WebSocket(url, {
      headers: { authorization: `Bearer ${options.token}` },
      handshakeTimeout: patienceMs,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    const puzzle = createPuzzle();
    let wasOpen = false;
    socket = mine;
    signal.addEventListener('abort', () => mine.terminate(), { once: true });
    mine.on('open', () => {
      wasOpen = true;
      options.onOpen();
    });
    mine.on('message', (data) => {
      const message = puzzle.take(String(data));
      if (message?.type === 'submit' || message?.type === 'cancel') void serve(mine, message);
      // Whatever else comes, an error of the gateway for example, says that the connection lives and no more.
      else if (message?.type !== 'part') awaited?.(message);
    });
    mine.on('error', (error) => {
      if (!signal.aborted) log.warn('no connection to the engine', { error: error.message });
    });
    return new Promise((resolve) => {
      mine.on('close', (code) => {
        if (wasOpen && !signal.aborted) log.info('the connection closed', { code });
        awaited?.(undefined);
        resolve(wasOpen);
      });
    });
  }

  async function keep(url: string, signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      if (await connection(url, signal)) failures = 1;
      if (signal.aborted) return;
      await timing.sleep(backoff(BACKOFF, failures, timing.random()).delayMs, signal);
    }
  }

  async function serve(from: WebSocket, call: EngineCall): Promise<void> {
    const status = await options.serve(call).catch((error: Error) => {
      log.error('a call failed', { call: call.type, error: error.message });
      return 503;
    });
    answer(from, { id: call.id, status });
  }

  return {
    open(url) {
      ended.abort();
      ended = new AbortController();
      void keep(url, ended.signal);
    },
    async heartbeat(beat) {
      const mine = socket;
      if (mine?.readyState !== WebSocket.OPEN) throw unheard('not connected');
      const waiting = new AbortController();
      const answer = new Promise<EngineMessage | 'silence' | undefined>((resolve) => {
        awaited = resolve;
        void timing.sleep(patienceMs, waiting.signal).then(() => resolve('silence'));
      });
      send(mine, { type: 'heartbeat', ...beat });
      const said = await answer;
      awaited = undefined;
      waiting.abort();
      if (said === 'silence') {
        // Dead without having closed, as a router that was restarted leaves it: nothing would come over it either.
        mine.terminate();
        throw unheard(`no answer in ${patienceMs} ms`);
      }
      return heardOf(said);
    },
    close: () => ended.abort(),
  };
}

/** What a heartbeat was answered. */
function heardOf(said: EngineMessage | undefined): Heard {
  if (said?.type === 'heard') return present({ idleSeconds: said.idle_seconds });
  if (said?.type !== 'unregistered') throw unheard('the gateway answered with an error');
  throw new RepriseError('WORKER_NOT_FOUND', 'the engine does not know this registration');
}

type Answer = Extract<WorkerMessage, { type: 'answer' }>['answers'][number];

/** Sends the answers of a moment together: attempts come in groups, and an answer by itself is a call of a function. */
function together({ sleep }: Pick<Timing, 'sleep'>): (to: WebSocket, answer: Answer) => void {
  const waiting = new Map<WebSocket, Answer[]>();
  return (to, answer) => {
    const answers = waiting.get(to);
    if (answers) {
      answers.push(answer);
      return;
    }
    const first = [answer];
    waiting.set(to, first);
    void sleep(TOGETHER_MS).then(() => {
      waiting.delete(to);
      while (first.length > 0) send(to, { type: 'answer', answers: first.splice(0, MAX_ANSWERS) });
    });
  };
}

function send(socket: WebSocket, message: WorkerMessage): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function unheard(why: string): RepriseError {
  return new RepriseError('UPSTREAM_UNAVAILABLE', why);
}
