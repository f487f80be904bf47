import { type EngineMessage, engineMessage } from '../contract/worker-socket';

/** Messages that are put together at once, at most; of more, the oldest are given up. */
const MAX_OPEN = 16;

/** Puts messages together that come in parts, in whatever order. */
export interface Puzzle {
  /** @returns the message that is whole by now, or the part of one that is not; undefined for what is none of the contract. */
  readonly take: (text: string) => EngineMessage | undefined;
}

export function createPuzzle(): Puzzle {
  const open = new Map<string, string[]>();

  return {
    take(text) {
      const message = messageOf(text);
      if (message?.type !== 'part') return message;
      const { id, index, count, data } = message;
      const parts = open.get(id) ?? [];
      if (index < count) parts[index] = data;
      open.set(id, parts);
      if (open.size > MAX_OPEN) open.delete(open.keys().next().value as string);
      const present = parts.filter((part) => part !== undefined);
      if (present.length < count) return message;
      open.delete(id);
      const whole = messageOf(Buffer.from(present.join(''), 'base64').toString());
      return whole?.type === 'part' ? undefined : whole;
    },
  };
}

function messageOf(text: string): EngineMessage | undefined {
  try {
    return engineMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
