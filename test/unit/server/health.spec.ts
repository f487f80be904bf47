import { createVirtualTime } from '../../../lib/adapters/memory/virtual-time';
import { getHealth, probes } from '../../../lib/api/health';
import { healthView } from '../../../lib/contract/health';
import { SCOPES } from '../../../lib/core/access/scopes';
import { type Check, createCheckup } from '../../../lib/core/health/health';
import { createApp } from '../../../lib/server/app';
import { diskCheck, engineCheck, sightOfDisk } from '../../../lib/server/health';
import { createPrometheus } from '../../../lib/server/metrics';
import { temporaryDir } from '../../support/e2e-files';

/** The daemon's API over these checks. */
function daemon(checks: readonly Check[]) {
  const time = createVirtualTime(1_000);
  const checkup = createCheckup({ checks, clock: time.now, setTimer: time.setTimer });
  const answered: string[] = [];
  const app = createApp({
    routes: [getHealth(checkup)],
    open: probes(checkup),
    metrics: () => createPrometheus().text([]),
    onAnswered: ({ route, status }) => void answered.push(`${route} ${status}`),
    ...{ token: 'right', caller: { subject: 'ana', scopes: [SCOPES.jobs] } },
    ...{ health: async () => ({}), onFault: () => undefined },
  });
  const get = async (path: string, token?: string) => {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const response = await app.request(path, { headers });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  };
  return { get, answered };
}

const broken = engineCheck(() => new Error('ENOSPC: no space left on device'));
const well = engineCheck(() => undefined);

describe('the health of a daemon', () => {
  it('is told with all its dependencies to who has its token', async () => {
    const { get } = daemon([well, diskCheck(temporaryDir())]);
    const { status, type, text } = await get('/health', 'right');
    expect([status, type]).toEqual([200, 'application/health+json']);
    expect(healthView.parse(JSON.parse(text)).checks).toMatchObject({
      'engine:running': [{ status: 'pass', observedValue: 1 }],
      'disk:free': [{ componentType: 'datastore', observedUnit: 'bytes' }],
    });
    expect((await get('/health')).status).toBe(401);
  });

  it('is live though it is not ready, which is 503 and says nothing of why to whoever asks', async () => {
    const { get } = daemon([broken]);
    expect(await get('/health/live')).toMatchObject({ status: 200, type: 'application/health+json' });
    const ready = await get('/health/ready');
    expect([ready.status, JSON.parse(ready.text)]).toMatchObject([503, { status: 'fail' }]);
    expect(ready.text).not.toContain('ENOSPC');
    const health = await get('/health', 'right');
    expect(health.status).toBe(503);
    expect(health.text).toContain('ENOSPC');
  });

  it('is ready with a warning', async () => {
    const warns: Check = { ...well, look: async () => ({ status: 'warn', output: 'look at it' }) };
    const { status, text } = await daemon([warns]).get('/health/ready');
    expect([status, JSON.parse(text)]).toMatchObject([200, { status: 'warn' }]);
  });
});

it('metrics are read without a token, and every answered route is heard of, by its name', async () => {
  const { get, answered } = daemon([well]);
  const { status, type, text } = await get('/metrics');
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(text).toContain('# TYPE reprise_jobs_submitted_total counter');
  await get('/health/ready');
  expect(answered).toEqual(['GET /health/ready 200']);
});

describe('the disk', () => {
  const GIB = 1024 ** 3;
  it.each([
    ['is well with a tenth free', { free: 2 * GIB, size: 20 * GIB }, 'pass'],
    ['is well with much free, whatever share that is', { free: 30 * GIB, size: 1_000 * GIB }, 'pass'],
    ['is nearly full below that', { free: 1.9 * GIB, size: 20 * GIB }, 'warn'],
    ['has no room left below 64 MiB', { free: 63 * 1024 ** 2, size: 20 * GIB }, 'fail'],
  ])('%s', (_, disk, expected) => {
    expect(sightOfDisk(disk).status ?? 'pass').toBe(expected);
  });

  it('fails where the directory is gone', async () => {
    await expect(diskCheck('/nowhere/at/all').look()).rejects.toThrow('ENOENT');
  });
});
