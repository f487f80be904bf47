import { SYSTEM } from '../../../lib/adapters/system';
import { createLink, type Link, type Served } from '../../../lib/agent/link';
import type { EngineCall } from '../../../lib/contract/worker-socket';
import { until } from '../adapters/embedded/process/harness';
import { type FakeEngine, fakeEngine } from './fake-engine';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const CALL = { type: 'submit', id: '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e5f', execution: { n: 1 } } as const;

let engine: FakeEngine;
let link: Link | undefined;
const waits: number[] = [];
const served: EngineCall[] = [];
let opens = 0;

beforeEach(async () => {
  engine = await fakeEngine();
  opens = 0;
  for (const list of [waits, served]) list.splice(0);
});
afterEach(async () => {
  link?.close();
  await engine.close();
});

const address = () => engine.url.replace('http', 'ws').replace(/restapis.*/, 'v1?worker=w1');

function open(serve: (call: EngineCall) => Promise<number | Served> = async () => 202): Link {
  link = createLink({
    token: 'jwt',
    async serve(call) {
      served.push(call);
      const done = await serve(call);
      return typeof done === 'number' ? { status: done } : done;
    },
    onOpen: () => {
      opens += 1;
    },
    log: silent,
    // Waits are of the length that chance has them, and end at once.
    timing: {
      ...{ clock: Date.now, random: () => 0.5 },
      sleep: (ms, signal) => {
        waits.push(ms);
        return SYSTEM.sleep(ms === PATIENCE_MS ? ms : 1, signal);
      },
    },
    patienceMs: PATIENCE_MS,
  });
  link.open(address());
  return link;
}
const PATIENCE_MS = 300;

const opened = (count: number) => until(() => opens === count, `connection ${count}`);

describe('the connection of a worker that pulls', () => {
  it('is opened with the token of the worker, at the address of its registration', async () => {
    open();
    await opened(1);
    expect(engine.sockets.opened[0]).toMatchObject({
      url: '/v1?worker=w1',
      headers: { authorization: 'Bearer jwt' },
    });
  });

  it('is opened again when it closes, at first soon and then later, by chance each time', async () => {
    open();
    await opened(1);
    engine.sockets.refuse = 503;
    engine.sockets.opened[0]?.socket.terminate();
    await until(() => waits.length >= 5, 'more tries');
    engine.sockets.refuse = undefined;
    await opened(2);
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    engine.sockets.opened[1]?.socket.close();
    await opened(3);
    expect(waits.at(-1)).toBe(250);
  });

  it('is left for another when the worker is registered anew, and never opened after it was ended', async () => {
    const mine = open();
    await opened(1);
    mine.open(`${address()}&registration=r-2`);
    await opened(2);
    await until(() => engine.sockets.opened[0]?.socket.readyState === 3, 'the end of the first');
    expect(engine.sockets.opened.map(({ url }) => url)).toEqual([
      '/v1?worker=w1',
      '/v1?worker=w1&registration=r-2',
    ]);
    mine.close();
    await until(() => engine.sockets.opened[1]?.socket.readyState === 3, 'the end of the second');
    expect(opens).toBe(2);
  });
});

describe('a call', () => {
  it('is done, and answered by its id with what came of it, as often as it comes', async () => {
    open(async () => 409);
    await opened(1);
    const answer = { type: 'answer', answers: [{ id: CALL.id, status: 409 }] };
    for (let times = 1; times <= 2; times++) {
      engine.sockets.send(CALL);
      await until(() => engine.sockets.said.length === times, 'the answer');
    }
    expect(served).toEqual([CALL, CALL]);
    expect(engine.sockets.said).toEqual([answer, answer]);
  });

  it('is answered together with others of the same moment', async () => {
    open(async () => 202);
    await opened(1);
    const ids = [CALL.id, '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e60'];
    for (const id of ids) engine.sockets.send({ ...CALL, id });
    const answersOf = () =>
      engine.sockets.said.flatMap((said) => (said.type === 'answer' ? said.answers : []));
    await until(() => answersOf().length === 2, 'the answers');
    expect(answersOf().map(({ id }) => id)).toEqual(ids);
  });

  it('that is a question is answered by itself, with what was asked for', async () => {
    const told = { attempts: ['running' as const], running: [{ job_id: 'j', node_id: 'a', attempt: 1 }] };
    open(async ({ type }) => (type === 'ask' ? { status: 200, told } : 202));
    await opened(1);
    const id = '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e60';
    engine.sockets.send(CALL);
    engine.sockets.send({ type: 'ask', id, attempts: [{ job_id: 'j', node_id: 'a', attempt: 1 }] });
    await until(() => engine.sockets.said.length === 2, 'the answers');
    expect(engine.sockets.said).toContainEqual({ type: 'answer', answers: [{ id, status: 200, told }] });
  });

  it('that fails is answered as one that may be made again', async () => {
    open(async () => Promise.reject(new Error('no disk')));
    await opened(1);
    engine.sockets.send(CALL);
    await until(() => engine.sockets.said.length === 1, 'the answer');
    expect(engine.sockets.said[0]).toMatchObject({ answers: [{ status: 503 }] });
  });

  it('whose connection closes before it is done is not answered over the next one', async () => {
    let finish = (_: number) => {};
    open(() => new Promise((resolve) => (finish = resolve)));
    await opened(1);
    engine.sockets.send(CALL);
    await until(() => served.length === 1, 'the call');
    engine.sockets.opened[0]?.socket.terminate();
    await opened(2);
    finish(202);
    engine.sockets.send({ ...CALL, id: '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e60' });
    await until(() => served.length === 2, 'the second call');
    finish(202);
    await until(() => engine.sockets.said.length > 0, 'an answer');
    expect(engine.sockets.said).toMatchObject([
      { answers: [{ id: '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e60' }] },
    ]);
  });
});

describe('a heartbeat', () => {
  it('counts when the engine has heard it', async () => {
    const mine = open();
    await opened(1);
    await mine.heartbeat({ running: 3, draining: true });
    expect(engine.sockets.said).toEqual([{ type: 'heartbeat', running: 3, draining: true }]);
  });

  it('that is answered by a wish for a registration is of an unknown worker', async () => {
    const mine = open();
    await opened(1);
    engine.sockets.answer = () => ({ type: 'unregistered' });
    await expect(mine.heartbeat({ running: 0 })).rejects.toMatchObject({ code: 'WORKER_NOT_FOUND' });
  });

  it.each([
    [
      'an error of the gateway',
      '{"message": "Internal server error", "connectionId": "c", "requestId": "r"}',
    ],
    ['nothing that can be read', 'x'],
  ])('that is answered by %s is not heard, and leaves the connection', async (_, text) => {
    const mine = open();
    await opened(1);
    engine.sockets.answer = () => text;
    await expect(mine.heartbeat({ running: 0 })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(opens).toBe(1);
    expect(engine.sockets.opened[0]?.socket.readyState).toBe(1);
  });

  it('that is not answered means that the connection is dead: another is opened', async () => {
    const mine = open();
    await opened(1);
    engine.sockets.answer = () => undefined;
    await expect(mine.heartbeat({ running: 0 })).rejects.toThrow('no answer in 300 ms');
    await opened(2);
  });

  it('is not answered by calls and their parts, which come in between', async () => {
    const mine = open();
    await opened(1);
    engine.sockets.answer = ({ type }) => {
      if (type !== 'heartbeat') return undefined;
      engine.sockets.send(CALL);
      engine.sockets.send({ type: 'part', id: CALL.id, index: 0, count: 2, data: 'e30=' });
      return { type: 'heard' };
    };
    await mine.heartbeat({ running: 0 });
    expect(served).toEqual([CALL]);
  });

  it('cannot be sent while there is no connection', async () => {
    engine.sockets.refuse = 401;
    const mine = open();
    await until(() => waits.length > 0, 'a refusal');
    await expect(mine.heartbeat({ running: 0 })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
