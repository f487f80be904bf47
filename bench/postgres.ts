import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../lib/localcloud/port';

/** A PostgreSQL of the bench's own, with the settings it comes with: every commit is on the disk before its answer. */
export interface Postgres {
  /** As it calls itself. */
  readonly version: string;
  /** The URL of a new, empty database. */
  readonly database: (name: string) => string;
  readonly stop: () => void;
}

/** @returns undefined, with a line that says why, when this machine has none. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const bin = binaries();
  if (bin === undefined) {
    console.log('left out: everything on PostgreSQL (no initdb on this machine)');
    return undefined;
  }
  const dir = mkdtempSync(join(tmpdir(), 'reprise-pg-'));
  const data = join(dir, 'data');
  const port = await freePort();
  const call = asServer(dir);
  call(join(bin, 'initdb'), '-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8');
  const settings = `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1`;
  call(join(bin, 'pg_ctl'), '-D', data, '-w', '-l', join(dir, 'log'), '-o', settings, 'start');
  const client = ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench'];
  return {
    version: call(join(bin, 'postgres'), '--version').trim(),
    database(name) {
      call(join(bin, 'createdb'), ...client, name);
      return `postgresql://bench@127.0.0.1:${port}/${name}`;
    },
    stop() {
      call(join(bin, 'pg_ctl'), '-D', data, '-w', '-m', 'fast', 'stop');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return places.find((place) => existsSync(join(place, 'initdb')));
}

/** Calls programs as a user who may own the server's files: it refuses root, for whom `postgres` stands in. */
function asServer(dir: string): (...command: string[]) => string {
  const isRoot = userInfo().uid === 0;
  if (isRoot) chownSync(dir, idOf('-u'), idOf('-g'));
  return (...command) => {
    const [file = '', ...args] = isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    // The server inherits what pg_ctl has: a pipe would be held open by it.
    const keep = command.includes('start') ? 'ignore' : 'pipe';
    const { status, stdout, stderr } = spawnSync(file, args, {
      cwd: dir,
      encoding: 'utf8',
      stdio: ['ignore', keep, keep],
    });
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
    return stdout ?? '';
  };
}

function idOf(which: '-u' | '-g'): number {
  return Number(spawnSync('id', [which, 'postgres'], { encoding: 'utf8' }).stdout);
}
