import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PATIENCE } from '../../../lambdas/shared/clients/patience';
import { sqs, sqsOnce } from '../../../lambdas/shared/clients/sqs';

const folder = 'lambdas/shared/clients';

describe('the clients of AWS', () => {
  it('wait a second for a connection and three for an answer, and then fail', () => {
    expect(PATIENCE.requestHandler).toEqual({
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    });
  });

  it('are all made with that, and nowhere else', () => {
    const made = readdirSync('lambdas', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [...readFileSync(`lambdas/${file}`, 'utf8').matchAll(/new \w+(?:Client|Provider)\([^)]*\)/gs)].map(
          ([text]) => ({ file, text }),
        ),
      );
    expect(made).toHaveLength(11);
    for (const { text } of made) expect(text).toContain('PATIENCE');
    expect(readdirSync(folder)).toContain('patience.ts');
  });

  it('send a letter in one try: two tries could be two messages of one text', async () => {
    expect([await sqsOnce().config.maxAttempts(), await sqs().config.maxAttempts()]).toEqual([1, 3]);
  });

  it('give a server up that takes a request and never answers', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const client = new SQSClient({
      requestHandler: { ...PATIENCE.requestHandler, requestTimeout: 50 },
      maxAttempts: 2,
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    try {
      await expect(client.send(new ListQueuesCommand({}))).rejects.toMatchObject({
        name: 'TimeoutError',
        $metadata: { attempts: 2 },
      });
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    }
  });
});
