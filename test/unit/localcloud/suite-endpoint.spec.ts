import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ensureMiniStack } from '../../../lib/localcloud/ministack';
import { cloudOf } from '../../integration/support/local-environment';

describe('the integration suite', () => {
  it('uses what answers at AWS_ENDPOINT_URL, and leaves it running', async () => {
    const server = createServer((_, response) => response.end('here'));
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
    const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cloud = await ensureMiniStack({ root: '.', ...cloudOf({ AWS_ENDPOINT_URL }, {}) });
    expect([cloud.endpoint, cloud.started]).toEqual([AWS_ENDPOINT_URL, false]);
    await cloud.stop();
    expect(await (await fetch(AWS_ENDPOINT_URL)).text()).toBe('here');
    await new Promise((down) => server.close(down));
    await expect(ensureMiniStack({ root: '.', ...cloudOf({ AWS_ENDPOINT_URL }, {}) })).rejects.toThrow(
      /nothing answers at AWS_ENDPOINT_URL/,
    );
  });

  it('starts one of its own where none is named, or where a test needs it at a place of its own', () => {
    expect(cloudOf({}, {})).toEqual({ endpoint: '' });
    expect(cloudOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, { port: 4_600 })).toEqual({ endpoint: '' });
  });
});
