import { availableParallelism } from 'node:os';
import { createLauncher, type Launcher } from './launcher';

/** A start keeps its launcher waiting until the new process runs a program: two keep two cores busy with them. */
const MOST = Math.min(2, availableParallelism());
/** What may wait at every launcher before another one, whose own start costs as much as forty, is worth it. */
const PATIENCE = 8;

/** Launchers as one: each start goes to the one that has the least to do, and a further one comes when all have much. */
export function createLaunchers(create: () => Launcher = () => createLauncher(), most = MOST): Launcher {
  const launchers: Launcher[] = [];

  function idlest(): Launcher {
    let least: Launcher | undefined;
    for (const launcher of launchers) {
      if (!least || launcher.waiting() < least.waiting()) least = launcher;
    }
    if (least && (least.waiting() < PATIENCE || launchers.length >= most)) return least;
    const another = create();
    launchers.push(another);
    return another;
  }

  return {
    start: (what, listener) => idlest().start(what, listener),
    waiting: () => launchers.reduce((sum, launcher) => sum + launcher.waiting(), 0),
    close() {
      for (const launcher of launchers) launcher.close();
    },
  };
}
