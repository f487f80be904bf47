import { WebSocket } from 'ws';
import { createPuzzle } from '../../../lib/agent/puzzle';
import type { EngineMessage, WorkerMessage } from '../../../lib/contract/worker-socket';
import type { Api } from './api';

/** A worker that pulls, takes what it is handed, and does nothing of it. */
export interface SilentWorker {
  /** Says nothing more, and keeps its connection open, as a machine without power behind a router does. */
  readonly fallSilent: () => void;
  readonly close: () => void;
}

/** @param token of a worker, as it opens connections. */
export async function startSilentWorker(
  api: Api,
  token: string,
  { workerId, labels }: { readonly workerId: string; readonly labels: readonly string[] },
): Promise<SilentWorker> {
  const { status, body } = await api.post('/workers', { worker_id: workerId, labels, slots: 8 });
  if (status !== 201) throw new Error(`registration answered ${status}: ${JSON.stringify(body)}`);
  const socket = new WebSocket(body.connect, { headers: { authorization: `Bearer ${token}` } });
  const puzzle = createPuzzle();
  let running = 0;
  let isSilent = false;
  const say = (message: WorkerMessage) => {
    if (!isSilent) socket.send(JSON.stringify(message));
  };
  const beat = () => say({ type: 'heartbeat', running, next_seconds: 10 });
  await new Promise<void>((heard, failed) => {
    socket.on('error', failed);
    socket.on('open', beat);
    socket.on('message', (data) => {
      const message: EngineMessage | undefined = puzzle.take(String(data));
      if (message?.type === 'heard') heard();
      if (message?.type !== 'submit' && message?.type !== 'cancel') return;
      if (message.type === 'submit') running += 1;
      say({ type: 'answer', answers: [{ id: message.id, status: message.type === 'submit' ? 201 : 202 }] });
    });
  });
  const beats = setInterval(beat, 10_000);
  return {
    fallSilent() {
      isSilent = true;
      clearInterval(beats);
    },
    close() {
      clearInterval(beats);
      socket.terminate();
    },
  };
}
