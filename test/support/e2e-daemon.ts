import { type CliProcess, until, type Workspace } from './e2e-cli';

/** Those that are running, which a test may have started by itself. */
export const daemons: CliProcess[] = [];
afterEach(async () => {
  for (const { child, done } of daemons.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await done;
  }
});

/** A daemon that listens, on a port of its own; it is ended with the test. */
export async function serve(space: Workspace, ...args: string[]): Promise<CliProcess> {
  const daemon = space.start('serve', '--port', '0', ...args);
  daemons.push(daemon);
  await until(
    () => daemon.stderr().includes('serving ') || daemon.child.exitCode !== null,
    'the daemon listens',
  );
  expect(daemon.stderr()).toContain('serving http://127.0.0.1:');
  return daemon;
}
