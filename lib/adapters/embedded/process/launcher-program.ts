import { programOf } from './as-text';

/** The launcher is given its text: it may use nothing of this module. */
function launch(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { closeSync, openSync } = process.getBuiltinModule('node:fs');
  const waiting: string[] = [];
  let input = Buffer.alloc(0);
  let answers = '';
  let isDue = false;

  /** One start a turn, so that between two of them it is noticed what has ended. */
  function next(): void {
    isDue = false;
    const request = waiting.shift();
    if (request !== undefined) begin(request.split('\0'));
    // Every message wakes up its reader, who has better things to do while there is more to start.
    if (waiting.length === 0 || answers.length > 512) {
      process.stdout.write(answers);
      answers = '';
    }
    if (waiting.length > 0) wake();
  }
  function wake(): void {
    if (!isDue) setImmediate(next);
    isDue = true;
  }
  function answer(line: string): void {
    answers += `${line}\n`;
    wake();
  }
  function begin([id, cwd, stdout = '', stderr = '', count, ...rest]: string[]): void {
    const files: number[] = [];
    const [program = '', ...args] = rest.splice(0, Number(count));
    const env = Object.fromEntries(rest.map((text) => text.split(/=(.*)/s)));
    try {
      files.push(openSync(stdout, 'a', 0o600), openSync(stderr, 'a', 0o600));
      const child = spawn(program, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env,
        detached: true,
        stdio: ['ignore', files[0], files[1]],
      });
      child.once('error', () => answer(`lost ${id}`));
      child.once('spawn', () => answer(`started ${id}`));
      child.once('exit', (status) => answer(`exited ${id} ${child.pid ?? 0} ${status ?? '-'}`));
    } catch {
      answer(`lost ${id}`);
    }
    for (const file of files) closeSync(file);
  }
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('data', (bytes: Buffer) => {
    input = Buffer.concat([input, bytes]);
    while (input.length >= 4 && input.length >= 4 + input.readUInt32BE()) {
      const end = 4 + input.readUInt32BE();
      waiting.push(input.toString('utf8', 4, end));
      input = input.subarray(end);
    }
    wake();
  });
}

/** It lives by system calls: what V8 would collect and optimise at leisure costs the cores that commands run on. */
const SMALL = ['--max-semi-space-size=1', '--no-opt'];

/** Arguments with which Node.js starts processes as `launcher.ts` asks for them. */
export const launcherArgs = (): string[] => [...SMALL, '-e', programOf({ launch }, 'launch()')];
