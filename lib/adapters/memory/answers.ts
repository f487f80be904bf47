import type { AnswerStore, EarlierCall, NamedCall } from '../../core/ports/answers';

/** Answers that end with their process. */
export function createMemoryAnswers(): AnswerStore {
  const kept = new Map<string, EarlierCall & { readonly until: number }>();
  const release = async ({ id }: NamedCall) => void kept.delete(id);
  return {
    async claim({ id, content }, { now, until }) {
      const earlier = kept.get(id);
      if (earlier && earlier.until > now) return earlier;
      kept.set(id, { content, until });
      return undefined;
    },
    keep: async ({ id, content }, answer, until) => void kept.set(id, { content, answer, until }),
    release,
  };
}
