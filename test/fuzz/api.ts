import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * The REST API held against its own document by schemathesis: `npm run fuzz:api`. Starts a daemon of its own on this machine, whose
 * commands never run, and ends with 1 for an answer of 500 and above, and for one that the document does not have: its status, content type,
 * headers or body. Needs `pip install schemathesis==4.32.5`; `--st` names the program where it is not on the path.
 */
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    examples: { type: 'string', default: '15' },
    st: { type: 'string', default: 'st' },
  },
});

const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance'],
];

async function main(): Promise<number> {
  const daemon = fork(join(__dirname, 'daemon.ts'), { execArgv: ['--import', 'tsx'] });
  const [{ url, token }] = (await once(daemon, 'message')) as [{ url: string; token: string }];
  const { seed, examples, st } = options;
  const asked = [
    ...['run', `${url}/openapi.json`, '--url', url, '-H', `Authorization: Bearer ${token}`],
    ...['--max-examples', examples, '--phases', 'examples,coverage,fuzzing', '--seed', seed],
    ...['--checks', CHECKS.join(','), '--request-timeout', '10', '--continue-on-failure'],
  ];
  const run = spawn(st, asked, { stdio: 'inherit' });
  const [status] = (await once(run, 'exit')) as [number | null];
  if (daemon.exitCode !== null) throw new Error('the daemon ended by itself');
  daemon.send('end');
  await once(daemon, 'exit');
  return status ?? 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
