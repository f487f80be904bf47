// A payment provider's sandbox that sleeps while nobody needs it, as cheap environments do: the first charge
// wakes it, and until it is awake it answers 503. Ends by itself when nobody has talked to it for a while.
import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type Charge, DECLINED_CARD } from '../app/payments';

const MS_TO_WAKE = 1500;
const MS_UNTIL_ALONE = 120_000;
const addressFile = process.argv[2]!;

let awakeAt: number | undefined;
const alone = setTimeout(() => process.exit(), MS_UNTIL_ALONE);

const server = createServer((request, response) => {
  alone.refresh();
  answer(request, response).catch((error) => reply(response, 500, { message: String(error) }));
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(`${addressFile}.new`, url);
  renameSync(`${addressFile}.new`, addressFile);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/health') return reply(response, 200, { awake: isAwake() });
  if (request.url === '/shutdown') {
    reply(response, 200, {});
    server.close(() => process.exit());
    server.closeIdleConnections();
    return;
  }
  if (request.url !== '/charges') return reply(response, 404, { message: 'no such address' });
  awakeAt ??= Date.now() + MS_TO_WAKE;
  if (!isAwake()) return reply(response, 503, { message: 'the sandbox is starting up' });
  const charge = (await json(request)) as Charge;
  if (charge.card === DECLINED_CARD) return reply(response, 402, { message: 'the card was declined' });
  reply(response, 201, { id: `pay_${randomUUID()}`, reference: charge.reference });
}

function isAwake(): boolean {
  return awakeAt !== undefined && Date.now() >= awakeAt;
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
