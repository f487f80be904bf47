import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds of processor time since the start of the processes. */
export interface LocalCpu {
  /** The functions: processes that the emulator starts, those that have ended too. */
  readonly functions: number;
  readonly emulator: number;
  /** This process, which is the workers, and the commands they ran. */
  readonly nodes: number;
}

/** Ticks of a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Who used the processor. Times of invocations do not tell: they are mostly waits, for each other and for the cores.
 * @returns undefined where there is no /proc.
 */
export function localCpu(stateDir: string): LocalCpu | undefined {
  try {
    const pid = Number(readFileSync(join(stateDir, 'ministack.pid'), 'utf8'));
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const processes = all.flatMap((name) => statOf(Number(name)) ?? []);
    const emulator = processes.find((process) => process.pid === pid);
    const children = processes.filter(({ parent }) => parent === pid);
    const self = statOf(process.pid);
    if (!emulator || !self) return undefined;
    return {
      functions: children.reduce((sum, { own }) => sum + own, emulator.ended),
      emulator: emulator.own,
      nodes: self.own + self.ended,
    };
  } catch {
    return undefined;
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statOf(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name comes second, in parentheses, and may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { pid, parent, own: (user + system) / TICKS, ended: (endedUser + endedSystem) / TICKS };
  } catch {
    // It has ended since it was listed.
    return undefined;
  }
}
