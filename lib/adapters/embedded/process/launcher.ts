import { type ChildProcess, spawn } from 'node:child_process';
import { programOf } from './as-text';

/** A process to start in a group of its own: `argv` with exactly this environment, output appended to files. */
export interface Start {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Hears what becomes of one start. */
export interface StartListener {
  readonly started: () => void;
  /** @param status its exit status, undefined when a signal ended it. */
  readonly exited: (pid: number, status: number | undefined) => void;
  /** It could not be started, or the launcher is gone and nobody knows whether it was, nor hears of its end. */
  readonly lost: () => void;
}

/**
 * A small process that starts others for us. Starting one copies the page tables of whoever does it and faults on
 * every page it writes afterwards, which from a process with a large heap costs more than `/bin/sh` itself; and it
 * blocks its event loop, which here is free to decide meanwhile.
 */
export interface Launcher {
  /** False when it cannot take this one; then it is to be started from here. */
  readonly start: (what: Start, listener: StartListener) => boolean;
  /** How many starts it has taken and not made yet; no end of them when it is gone. */
  readonly waiting: () => number;
  /** What it has started runs on. */
  readonly close: () => void;
}

type Request = Start & { readonly id: number };
type Answer =
  | { readonly id: number; readonly what: 'started' | 'lost' }
  | { readonly id: number; readonly what: 'exited'; readonly pid: number; readonly status: number | null };

/** The kernel takes 128 KiB in one argument; whatever comes near is started, and refused, where the error is seen. */
const MAX_ARGUMENT = 64 * 1024;

/** Runs in the launcher, which is given its text: it may use nothing of this module. Ends when we do. */
function launch(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { closeSync, openSync } = process.getBuiltinModule('node:fs');
  const waiting: Request[] = [];
  let answers: Answer[] = [];
  let isDue = false;

  /** One start a turn, so that between two of them it is noticed what has ended. */
  function next(): void {
    isDue = false;
    const request = waiting.shift();
    if (request) begin(request);
    // Every message wakes up its reader, who has better things to do while there is more to start.
    if (waiting.length === 0 || answers.length >= 32) {
      process.send?.(answers);
      answers = [];
    }
    if (waiting.length > 0) wake();
  }
  function wake(): void {
    if (!isDue) setImmediate(next);
    isDue = true;
  }
  function answer(reply: Answer): void {
    answers.push(reply);
    wake();
  }
  function begin({ id, argv, env, cwd, stdout, stderr }: Request): void {
    const files: number[] = [];
    try {
      files.push(openSync(stdout, 'a', 0o600), openSync(stderr, 'a', 0o600));
      const [program = '', ...args] = argv;
      const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', files[0], files[1]] });
      child.once('error', () => answer({ id, what: 'lost' }));
      child.once('spawn', () => answer({ id, what: 'started' }));
      child.once('exit', (status) => answer({ id, what: 'exited', pid: child.pid ?? 0, status }));
    } catch {
      answer({ id, what: 'lost' });
    }
    for (const file of files) closeSync(file);
  }
  process.on('disconnect', () => process.exit(0));
  process.on('message', (requests: Request[]) => {
    waiting.push(...requests);
    wake();
  });
}

/** It lives by system calls: what V8 would collect and optimise at leisure costs the cores that commands run on. */
const SMALL = ['--max-semi-space-size=1', '--no-opt'];

/** @param program the Node that runs it. */
export function createLauncher(program = process.execPath): Launcher {
  const listeners = new Map<number, StartListener>();
  /** Of those, what it has not told the start of. */
  const waiting = new Set<number>();
  let outbox: Request[] = [];
  let serial = 0;
  let isGone = false;
  // Detached, so that a Ctrl-C of the terminal reaches us alone.
  const helper = spawn(program, [...SMALL, '-e', programOf({ launch }, 'launch()')], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  hold(helper, false);

  function gone(): void {
    isGone = true;
    const left = [...listeners.values()];
    listeners.clear();
    for (const { lost } of left) lost();
  }
  function hear(answer: Answer): void {
    const listener = listeners.get(answer.id);
    waiting.delete(answer.id);
    if (answer.what === 'started') {
      listener?.started();
      return;
    }
    listeners.delete(answer.id);
    if (listeners.size === 0) hold(helper, false);
    if (answer.what === 'exited') listener?.exited(answer.pid, answer.status ?? undefined);
    else listener?.lost();
  }
  /** What is asked for in one turn travels together. */
  function flush(): void {
    const requests = outbox;
    outbox = [];
    if (isGone) return;
    helper.send(requests, (error) => {
      if (error) gone();
    });
  }
  helper.once('error', gone).once('disconnect', gone);
  helper.on('message', (answers) => {
    for (const answer of answers as Answer[]) hear(answer);
  });

  return {
    start(what, listener) {
      const texts = [...what.argv, ...Object.values(what.env)];
      if (isGone || texts.some((text) => text.length > MAX_ARGUMENT || text.includes('\0'))) return false;
      if (listeners.size === 0) hold(helper, true);
      serial += 1;
      listeners.set(serial, listener);
      waiting.add(serial);
      if (outbox.push({ id: serial, ...what }) === 1) setImmediate(flush);
      return true;
    },
    waiting: () => (isGone ? Number.POSITIVE_INFINITY : waiting.size),
    close() {
      gone();
      if (helper.connected) helper.disconnect();
      hold(helper, false);
    },
  };
}

/** Whether this process stays for the launcher's sake: only while something runs. */
function hold(helper: ChildProcess, isHeld: boolean): void {
  if (isHeld) {
    helper.ref();
    helper.channel?.ref();
  } else {
    helper.unref();
    helper.channel?.unref();
  }
}
