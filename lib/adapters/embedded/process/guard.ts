import { programOf } from './as-text';
import { createFinder, createMasker, type Masker } from './masker';
import { secretForms } from './secret-forms';

/** Whom a command runs as. */
export interface RunAs {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Its home directory. */
  readonly home: string;
}

export interface GuardSettings {
  /** What the paths of its two pipes begin with. */
  readonly base: string;
  /** Variables whose values are masked in all that the command writes. */
  readonly secrets: readonly string[];
  /** Where the command writes its outputs, and where they are wanted masked; absent without secrets. */
  readonly outputs?: { readonly raw: string; readonly masked: string };
  readonly runAs?: Pick<RunAs, 'name' | 'uid' | 'gid'>;
  /** A shell's text that runs the command in its `$1`; absent for a plain shell. */
  readonly script?: string;
}

/**
 * Variables that Node.js reads before any of our code runs are not for the guard: they come to it under names that begin
 * like this, and the command gets them under their own.
 */
export const HELD = 'REPRISE_HELD_';

type Mask = (secrets: readonly string[]) => Masker;
type Plumbing = ReturnType<typeof plumbing>;

/** How bytes get from the command to its files. Used in the guard, as text. */
function plumbing() {
  const fs = process.getBuiltinModule('node:fs');
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;

  /** A log on a full disk is not worth the command. */
  const write = (fd: number, bytes: Buffer): void => {
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done);
    } catch {}
  };
  /** Reads what is there; nothing at the end, or where there is nothing yet. */
  const read = (fd: number, bytes: Buffer): number => {
    try {
      return fs.readSync(fd, bytes, 0, bytes.length, null);
    } catch {
      return 0;
    }
  };
  /** From what one descriptor gives to another, until the first has nothing, or has given a mebibyte. */
  const drain = (from: number, to: number, through: Masker): void => {
    const bytes = Buffer.alloc(65_536);
    for (let turn = 0; turn < 16; turn++) {
      const length = read(from, bytes);
      if (length === 0) break;
      write(to, through.write(bytes.subarray(0, length)));
    }
    write(to, through.end());
  };
  /**
   * A pipe for each of these, in a directory that is gone at once. Pipes of Node.js are sockets, which have no name to be
   * opened by, and `> /dev/stderr` has to work.
   */
  const pipesFor = <T extends number>(targets: readonly T[], dir: string) => {
    fs.mkdirSync(dir, { mode: 0o700 });
    const paths = targets.map((to) => `${dir}/${to}`);
    const made = spawnSync('mkfifo', ['-m', '600', ...paths], { env: { PATH: '/usr/bin:/bin' } });
    if (made.status !== 0) throw new Error(`mkfifo in ${dir}: ${made.error?.message ?? made.stderr}`);
    const pipes = targets.map((to, i) => {
      const path = paths[i] as string;
      const reader = fs.openSync(path, O_RDONLY | O_NONBLOCK);
      return { to, reader, writer: fs.openSync(path, O_WRONLY) };
    });
    fs.rmSync(dir, { recursive: true });
    return pipes;
  };
  return { write, drain, pipesFor };
}

/**
 * Stands between wrapper and command where the command has secrets or another user: takes that user's identity, starts
 * the command, and passes on what it writes with the secrets masked. It ends as the command ends, and signals to the group
 * reach the command beside it. Runs as a process that is given its text: it may use nothing of this module.
 */
function guard(held: string, mask: Mask, { write, drain, pipesFor }: Plumbing): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const fs = process.getBuiltinModule('node:fs');
  const { Socket } = process.getBuiltinModule('node:net');
  const { signals } = process.getBuiltinModule('node:os').constants;
  const [, text = '', command = ''] = process.argv;
  const { base, secrets, outputs, runAs, script } = JSON.parse(text) as GuardSettings;
  const nameOf = (name: string) => (name.startsWith(held) ? name.slice(held.length) : name);
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [nameOf(name), value]));
  const masker = () => mask(secrets.map((name) => env[name] ?? ''));
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);

  const pipes = pipesFor([1, 2], `${base}.pipes`).map((each) => ({
    ...each,
    through: masker(),
    isOver: false,
  }));
  const results = outputs && fs.openSync(outputs.masked, 'w', 0o600);
  if (runAs) {
    for (const { writer } of pipes) fs.fchownSync(writer, runAs.uid, runAs.gid);
    (process as unknown as { initgroups(user: string, group: number): void }).initgroups(
      runAs.name,
      runAs.gid,
    );
    process.setgid?.(runAs.gid);
    process.setuid?.(runAs.uid);
  }
  const args = script === undefined ? ['-c', '--', command] : ['-c', script, 'sh', command];
  const child = spawn('/bin/sh', args, { env, stdio: ['ignore', ...pipes.map(({ writer }) => writer)] });
  for (const each of pipes) {
    fs.closeSync(each.writer);
    const socket = new Socket({ fd: each.reader, readable: true, writable: false });
    socket.on('data', (chunk) => write(each.to, each.through.write(chunk)));
    socket.on('error', () => undefined);
    socket.on('end', () => {
      each.isOver = true;
      write(each.to, each.through.end());
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(126);
  });
  child.on('exit', (code, signal) => {
    // What it wrote is in the pipes by now. Who else holds them has no say in when it ends.
    for (const each of pipes) if (!each.isOver) drain(each.reader, each.to, each.through);
    try {
      if (outputs && results !== undefined) {
        const raw = fs.openSync(
          outputs.raw,
          fs.constants.O_RDWR | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW,
        );
        if (fs.fstatSync(raw).isFile()) drain(raw, results, masker());
        fs.ftruncateSync(raw, 0);
      }
    } catch {
      // The command has removed them.
    }
    process.exit(signal === null ? (code ?? 1) : 128 + signals[signal]);
  });
}

/** The text of the guard for `node -e`, which gets its settings as JSON, and the command. */
export const GUARD = programOf(
  { createFinder, createMasker, secretForms, plumbing, guard },
  `const mask = (secrets) => createMasker(createFinder(secrets.flatMap((secret) => secretForms(secret))));
guard(${JSON.stringify(HELD)}, mask, plumbing());`,
);
