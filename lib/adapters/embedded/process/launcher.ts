import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { launcherArgs } from './launcher-program';

type Helper = ChildProcessByStdio<Writable, Readable, null>;

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

/** The kernel takes 128 KiB in one argument; whatever comes near is started, and refused, where the error is seen. */
const MAX_ARGUMENT = 64 * 1024;

/** What a launcher reads: a length of four bytes, and fields with a NUL between two. It answers in lines. */
function requestOf(id: number, { argv, env, cwd, stdout, stderr }: Start): Buffer {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const fields = [id, cwd, stdout, stderr, argv.length, ...argv, ...variables];
  const text = Buffer.from(`0000${fields.join('\0')}`);
  text.writeUInt32BE(text.length - 4);
  return text;
}

/** @param node the Node.js that runs it. */
export function createLauncher(node: string = process.execPath): Launcher {
  const listeners = new Map<number, StartListener>();
  /** Of those, what it has not told the start of. */
  const waiting = new Set<number>();
  let outbox: Buffer[] = [];
  let unread = '';
  let serial = 0;
  let isGone = false;
  // Detached, so that a Ctrl-C of the terminal reaches us alone.
  const helper = spawn(node, launcherArgs(), {
    ...{ cwd: '/', env: {}, detached: true, stdio: ['pipe', 'pipe', 'ignore'] },
  });
  hold(helper, false);

  function gone(): void {
    isGone = true;
    const left = [...listeners.values()];
    listeners.clear();
    for (const { lost } of left) lost();
  }
  function hear(answer: string): void {
    const [what, id, pid, status] = answer.split(' ');
    const listener = listeners.get(Number(id));
    waiting.delete(Number(id));
    if (what === 'started') {
      listener?.started();
      return;
    }
    listeners.delete(Number(id));
    if (listeners.size === 0) hold(helper, false);
    if (what === 'exited') listener?.exited(Number(pid), status === '-' ? undefined : Number(status));
    else listener?.lost();
  }
  /** What is asked for in one turn travels together. */
  function flush(): void {
    const requests = Buffer.concat(outbox);
    outbox = [];
    if (!isGone) helper.stdin.write(requests);
  }
  helper.once('error', gone).once('exit', gone);
  helper.stdin.once('error', gone);
  helper.stdout.setEncoding('latin1').on('data', (text: string) => {
    const lines = (unread + text).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });

  return {
    start(what, listener) {
      const texts = [...what.argv, ...Object.values(what.env)];
      if (isGone || texts.some((text) => text.length > MAX_ARGUMENT || text.includes('\0'))) return false;
      if (listeners.size === 0) hold(helper, true);
      serial += 1;
      listeners.set(serial, listener);
      waiting.add(serial);
      if (outbox.push(requestOf(serial, what)) === 1) setImmediate(flush);
      return true;
    },
    waiting: () => (isGone ? Number.POSITIVE_INFINITY : waiting.size),
    close() {
      gone();
      helper.stdin.destroy();
      hold(helper, false);
    },
  };
}

/** Whether this process stays for the launcher's sake: only while something runs. */
function hold(helper: Helper, isHeld: boolean): void {
  // Pipes of a child process are sockets, whatever their types say.
  const parts = [helper, helper.stdin as Socket, helper.stdout as Socket];
  for (const part of parts) {
    if (isHeld) part.ref();
    else part.unref();
  }
}
