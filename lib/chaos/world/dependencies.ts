import { DEPENDENCIES } from '../workload/graphs';
import { every, type Ground } from './ground';

const MINUTE = 60_000;
const DOWN_MS = 120_000;

export interface OutsideServices {
  /** Whether one of these services is not well now. */
  readonly isDown: (names: readonly string[] | undefined) => boolean;
}

/** The services that nodes name as their dependencies, which are not always well. */
export function createDependencies(ground: Ground): OutsideServices {
  const { time, faults, say } = ground;
  const downUntil = new Map<string, number>();
  every(ground, MINUTE, (nth) => {
    for (const service of DEPENDENCIES) {
      const name = `${service} in minute ${nth}`;
      if (!faults.strikes('dependencyOutage', name)) continue;
      say(service, () => 'is not well');
      downUntil.set(service, time.now() + DOWN_MS * faults.lot(`time of ${name}`));
    }
  });
  return { isDown: (names = []) => names.some((name) => (downUntil.get(name) ?? 0) > time.now()) };
}
