import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChaosOptions,
  type ChaosReport,
  type PlannedWorld,
  plannedWorlds,
  reportOf,
  runChaos,
  unplayed,
  type WorldResult,
} from './run';

export interface SideBySide {
  /** Worlds that are played at a time, each in a process of its own. */
  readonly processes: number;
  /** Flags of Node that `player.ts` needs to run from its source; those of this process, where absent. */
  readonly loader?: readonly string[];
  /** The script of a player; that of this project, where absent. */
  readonly player?: string;
  /** For how long a world is waited for, milliseconds. It takes a second, and where it fails some fifteen. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 15 * 60_000;

/** Bundled it stands beside the bundle; from the sources whoever runs those runs it too. */
function playerScript(): string {
  const bundled = join(__dirname, 'chaos-player.js');
  return existsSync(bundled) ? bundled : join(__dirname, 'player.ts');
}

/** As `runChaos` of the unaltered engine, byte for byte, with several worlds at a time. */
export async function runSideBySide(
  options: Omit<ChaosOptions, 'alteration'>,
  { processes, loader = process.execArgv, player = playerScript(), patienceMs = PATIENCE_MS }: SideBySide,
): Promise<ChaosReport> {
  const worlds = [...plannedWorlds(options)];
  if (processes < 2 || worlds.length < 2) return runChaos(options);
  const players = createPlayers(processes, () =>
    fork(player, { execArgv: [...loader], serialization: 'advanced' }),
  );
  try {
    return await reportOf(options, inOrder(worlds, players, patienceMs));
  } finally {
    players.end();
  }
}

/** Processes that play worlds, each one at a time, started as they are needed. One that is gone has another one in its place. */
interface Players {
  readonly count: number;
  readonly taken: () => Promise<ChildProcess>;
  readonly given: (player: ChildProcess) => void;
  readonly end: () => void;
}

function createPlayers(count: number, start: () => ChildProcess): Players {
  const all = new Set<ChildProcess>();
  const free: ChildProcess[] = [];
  const waiting: ((player: ChildProcess) => void)[] = [];
  let isOver = false;
  const started = () => {
    const player = start();
    all.add(player);
    return player;
  };
  return {
    count,
    taken: () => {
      const player = free.pop() ?? (all.size < count ? started() : undefined);
      return player ? Promise.resolve(player) : new Promise((resolve) => waiting.push(resolve));
    },
    given(player) {
      if (!player.connected) {
        player.kill('SIGKILL');
        all.delete(player);
      }
      // Whatever was still to be played, nobody takes it any more.
      if (isOver) return;
      const next = waiting.shift();
      if (next) next(player.connected ? player : started());
      else if (player.connected) free.push(player);
    },
    end() {
      isOver = true;
      for (const player of all) player.kill();
    },
  };
}

/** Results in the order of the worlds: whoever is free plays the next one, and none runs far ahead of what is taken. */
async function* inOrder(
  worlds: readonly PlannedWorld[],
  players: Players,
  patienceMs: number,
): AsyncGenerator<WorldResult> {
  async function played(planned: PlannedWorld): Promise<WorldResult> {
    const player = await players.taken();
    const result = await answer(player, planned, patienceMs);
    players.given(player);
    return result;
  }
  const open: Promise<WorldResult>[] = [];
  for (const planned of worlds) {
    open.push(played(planned));
    if (open.length >= 4 * players.count) yield (await open.shift()) as WorldResult;
  }
  for (const result of open) yield await result;
}

/** Nothing but an answer keeps a player: one that dies meanwhile, or has none in time, is cut off, and its world is a finding. */
function answer(player: ChildProcess, planned: PlannedWorld, patienceMs: number): Promise<WorldResult> {
  return new Promise((resolve) => {
    const finish = (result: WorldResult) => {
      clearTimeout(timer);
      for (const event of ['exit', 'error', 'message']) player.removeAllListeners(event);
      // One that is killed says so to nobody who listens.
      player.on('error', () => undefined);
      resolve(result);
    };
    const fail = (why: string) => {
      if (player.connected) player.disconnect();
      finish(unplayed(planned, why));
    };
    const timer = setTimeout(() => fail(`it has not ended after ${patienceMs / 1_000} s`), patienceMs);
    player.once('exit', (code, signal) => fail(`the process that played it ended: ${signal ?? code}`));
    player.once('error', (error) => fail(`the process that played it failed: ${error.message}`));
    player.once('message', (result) => finish(result as WorldResult));
    player.send(planned, (error) => {
      if (error) fail(`the process that was to play it cannot be reached: ${error.message}`);
    });
  });
}
