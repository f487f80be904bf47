import type { Random } from '../../core/model/time';
import type { EffectPorts } from '../../core/ports/effects';
import type { MemoryJournalStore } from './journal-store';

/** Thrown where a process dies; everything it held in memory is gone. */
export class Crash extends Error {}

/** A process that may die at every point of its work. One that is dying does nothing more, until it is reborn. */
export interface Mortality {
  /** @throws Crash */
  readonly mayCrash: () => void;
  /** Whether it died though nobody has noticed: an effect that fails is left to the outbox relay. */
  readonly isDying: () => boolean;
  readonly reborn: () => void;
  readonly journal: (durable: MemoryJournalStore) => MemoryJournalStore;
  readonly ports: (ports: EffectPorts) => EffectPorts;
}

/** @param chance of a death at each point, from 0 to 1. */
export function createMortality(random: Random, chance: number): Mortality {
  let isDying = false;

  function mayCrash(): void {
    if (random() < chance) isDying = true;
    if (isDying) throw new Crash();
  }

  /** The same port, of which any call may find the process dead. */
  function mortal<T extends object>(port: T): T {
    return new Proxy(port, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          mayCrash();
          return method.apply(target, args);
        };
      },
    });
  }

  return {
    mayCrash,
    isDying: () => isDying,
    reborn() {
      isDying = false;
    },
    journal: (durable) => ({
      ...durable,
      async append(...args) {
        mayCrash();
        await durable.append(...args);
        mayCrash();
      },
      async confirm(...args) {
        mayCrash();
        return durable.confirm(...args);
      },
    }),
    ports: (ports) => ({
      streams: mortal(ports.streams),
      timers: mortal(ports.timers),
      workflow: mortal(ports.workflow),
      dispatcher: mortal(ports.dispatcher),
      publisher: mortal(ports.publisher),
      sources: mortal(ports.sources),
      submissions: mortal(ports.submissions),
      letterBox: mortal(ports.letterBox),
      notifier: mortal(ports.notifier),
      history: mortal(ports.history),
    }),
  };
}
