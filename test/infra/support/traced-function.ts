import { request } from 'node:http';
import type { Context } from 'aws-lambda';
import { instrumented } from '../../../lambdas/runtime/instrumented';

/** Its answer has come to its end. */
const call = (port: number, path: string) =>
  new Promise<void>((resolve, reject) => {
    const calling = request({ host: '127.0.0.1', port, path }, (response) =>
      response.on('end', resolve).resume(),
    );
    calling.on('error', reject).end();
  });

const handler = instrumented(async ({ port, name }: { readonly port: number; readonly name: string }) => {
  await Promise.all([call(port, `/${name}/first`), call(port, `/${name}/beside`)]);
  await call(port, `/${name}/later`);
  await (await fetch(`http://127.0.0.1:${port}/${name}/fetched`)).text();
});

/** Invoked as Lambda does it: one after the other in one process, each with the header of its trace. */
async function invoked(): Promise<void> {
  const [port, ...headers] = process.argv.slice(2);
  for (const [i, header] of headers.entries()) {
    process.env['_X_AMZN_TRACE_ID'] = header;
    await handler({ port: Number(port), name: String(i) }, {} as Context);
  }
}

void invoked();
