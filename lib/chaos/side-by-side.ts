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
  type WorldResult,
} from './run';

export interface SideBySide {
  /** Worlds that are played at a time, each in a process of its own. */
  readonly processes: number;
  /** Flags of Node that `player.ts` needs to run from its source; those of this process, where absent. */
  readonly loader?: readonly string[];
}

/** Bundled it stands beside the bundle; from the sources whoever runs those runs it too. */
function playerScript(): string {
  const bundled = join(__dirname, 'chaos-player.js');
  return existsSync(bundled) ? bundled : join(__dirname, 'player.ts');
}

/** As `runChaos` of the unaltered engine, byte for byte, with several worlds at a time. */
export async function runSideBySide(
  options: Omit<ChaosOptions, 'alteration'>,
  { processes, loader = process.execArgv }: SideBySide,
): Promise<ChaosReport> {
  const worlds = [...plannedWorlds(options)];
  if (processes < 2 || worlds.length < 2) return runChaos(options);
  const players = Array.from({ length: Math.min(processes, worlds.length) }, () =>
    fork(playerScript(), { execArgv: [...loader], serialization: 'advanced' }),
  );
  try {
    return await reportOf(options, inOrder(worlds, players));
  } finally {
    for (const player of players) player.kill();
  }
}

/** Results in the order of the worlds: whoever is free plays the next one, and none runs far ahead of what is taken. */
async function* inOrder(
  worlds: readonly PlannedWorld[],
  players: readonly ChildProcess[],
): AsyncGenerator<WorldResult> {
  const free = [...players];
  const waiting: ((player: ChildProcess) => void)[] = [];
  const taken = () => {
    const player = free.pop();
    return player ? Promise.resolve(player) : new Promise<ChildProcess>((resolve) => waiting.push(resolve));
  };
  const give = (player: ChildProcess) => {
    const next = waiting.shift();
    if (next) next(player);
    else free.push(player);
  };
  async function played(planned: PlannedWorld): Promise<WorldResult> {
    const player = await taken();
    const result = await answer(player, planned);
    give(player);
    return result;
  }
  const ahead = 4 * players.length;
  const open: Promise<WorldResult>[] = [];
  for (const planned of worlds) {
    const result = played(planned);
    // Whoever takes it hears of it; until then it is not unhandled.
    result.catch(() => undefined);
    open.push(result);
    if (open.length >= ahead) yield (await open.shift()) as WorldResult;
  }
  for (const result of open) yield await result;
}

/** @throws Error when the process dies before it has answered. */
function answer(player: ChildProcess, planned: PlannedWorld): Promise<WorldResult> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null, signal: string | null) =>
      reject(new Error(`the process that played world ${planned.nth} ended: ${signal ?? code}`));
    player.once('exit', died);
    player.once('message', (result) => {
      player.off('exit', died);
      resolve(result as WorldResult);
    });
    player.send(planned);
  });
}
