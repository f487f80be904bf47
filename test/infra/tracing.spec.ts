import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../lib/constructs/lambda-code';
import { runCommand } from '../../lib/localcloud/command';
import { temporaryDir } from '../support/e2e-files';

const ROOT = process.cwd();
const SOURCE = 'test/infra/support/traced-function.ts';
const END = 'the process is over';

/** What of a subsegment the daemon of X-Ray gets counts here. */
interface Sent {
  readonly name: string;
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly end_time?: number;
  readonly in_progress?: boolean;
  readonly subsegments?: readonly unknown[];
  readonly http?: { readonly request: { readonly url: string } };
}

const TRACES = ['1-4bf92f35-77b34da6a3ce929d0e0e4736', '1-6a1f03c2-0123456789abcdef01234567'];
const PARENTS = ['53995c3f42cd8ad8', '00f067aa0ba902b7'];
const headers = TRACES.map((trace, i) => `Root=${trace};Parent=${PARENTS[i]};Sampled=1`);

/** The daemon of X-Ray: keeps what it is sent. */
async function daemon() {
  const socket = createSocket('udp4');
  const sent: string[] = [];
  const over = new Promise<void>((resolve) => {
    socket.on('message', (message) => {
      const [, segment = END] = String(message).split('\n');
      if (segment === END) resolve();
      else sent.push(segment);
    });
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  /** What was sent by whoever has ended: it lies before what is sent now. */
  const received = async (): Promise<readonly Sent[]> => {
    socket.send(END, port, '127.0.0.1');
    await over;
    socket.close();
    return sent.map((segment) => JSON.parse(segment) as Sent);
  };
  return { address: `127.0.0.1:${port}`, received };
}

/** A service that answers, and keeps in which trace it was called. */
async function service() {
  const calls = new Map<string, string>();
  const server = createServer((request, response) => {
    calls.set(request.url ?? '', String(request.headers['x-amzn-trace-id']));
    response.end('yes');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, calls, port: (server.address() as AddressInfo).port };
}

/** Runs the function for an invocation in each of the traces, in the environment that Lambda gives it. */
async function run(alias: Record<string, string>) {
  const outfile = join(temporaryDir(), 'index.js');
  const entryPoints = [join(ROOT, SOURCE)];
  const { metafile } = await build({ ...bundling(ROOT), alias, entryPoints, outfile, metafile: true });
  const [{ address, received }, { server, calls, port }] = await Promise.all([daemon(), service()]);
  const env = {
    ...{ _HANDLER: 'index.handler', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x', LAMBDA_TASK_ROOT: ROOT },
    ...{ AWS_LAMBDA_FUNCTION_NAME: 'traced', AWS_XRAY_DAEMON_ADDRESS: address },
    ...{ POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_NAMESPACE: 'Reprise/test' },
  };
  const { status, output } = await runCommand(process.execPath, [outfile, String(port), ...headers], { env });
  server.closeAllConnections();
  server.close();
  return { inputs: Object.keys(metafile.inputs), status, output, calls, sent: await received() };
}

const pathOf = ({ http }: Sent) => http && new URL(http.request.url).pathname;

describe('the trace of a function', () => {
  it.each([
    { context: 'lambdas/runtime/trace-context.ts', alias: bundling(ROOT).alias },
    { context: 'node_modules/cls-hooked/context.js', alias: {} },
  ])(
    'has what it calls below each of its invocations, with the context of $context',
    async ({ context, alias }) => {
      const { inputs, status, output, calls, sent } = await run(alias);
      expect([status, output]).toEqual([0, '']);
      expect(inputs.filter((file) => /trace-context|cls-hooked/.test(file))).toEqual([context]);
      expect(sent).toHaveLength(10);
      TRACES.forEach((trace, i) => {
        const [handler, ...others] = sent.filter(({ trace_id }) => trace_id === trace).reverse();
        expect(handler).toMatchObject({ name: '## index.handler', parent_id: PARENTS[i] });
        const paths = ['beside', 'fetched', 'first', 'later'].map((name) => `/${i}/${name}`);
        expect(others.map(pathOf).sort()).toEqual(paths);
        for (const call of others) {
          expect(call).toMatchObject({ name: '127.0.0.1', parent_id: handler?.id });
          expect(calls.get(pathOf(call) ?? '')).toContain(`${trace};Parent=${call.id};Sampled=1`);
        }
      });
      for (const each of sent) {
        expect(each.end_time).toBeGreaterThan(0);
        expect([each.in_progress, each.subsegments]).toEqual([undefined, undefined]);
      }
    },
  );
});
