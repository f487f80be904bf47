import type { AnswerStore } from '../../lib/core/ports/answers';

/** What every store of answers to calls with an `Idempotency-Key` has to keep. */
export function answersContract(name: string, make: () => Promise<AnswerStore>): void {
  describe(`the answers to calls that are named (${name})`, () => {
    const call = { id: 'a'.repeat(64), content: 'what is asked' };
    const answer = { status: 202, body: '{"job_id":"j"}' };
    const now = Date.now();
    const at = { now, until: now + 15_000 };
    const day = now + 86_400_000;

    it('are given again, whatever the repeat asks for', async () => {
      const store = await make();
      expect(await store.claim(call, at)).toBeUndefined();
      await store.keep(call, answer, day);
      expect(await store.claim(call, at)).toMatchObject({ content: call.content, answer });
      const other = { ...call, content: 'something else' };
      expect(await store.claim(other, at)).toMatchObject({ content: call.content, answer });
      expect(await store.claim({ ...call, id: 'b'.repeat(64) }, at)).toBeUndefined();
    });

    it('are under way for whoever comes meanwhile, and no longer than the mark holds', async () => {
      const store = await make();
      await store.claim(call, at);
      const met = await store.claim(call, at);
      expect([met?.content, met?.answer]).toEqual([call.content, undefined]);
      expect(await store.claim(call, { now: at.until, until: at.until + 15_000 })).toBeUndefined();
    });

    it('are not kept of a call that came to nothing, nor beyond their time', async () => {
      const store = await make();
      await store.claim(call, at);
      await store.release(call);
      expect(await store.claim(call, at)).toBeUndefined();
      await store.keep(call, answer, day);
      expect(await store.claim(call, { now: day, until: day + 1 })).toBeUndefined();
    });

    it('go to one of those who come at the same time', async () => {
      const store = await make();
      const met = await Promise.all(Array.from({ length: 5 }, () => store.claim(call, at)));
      expect(met.filter((earlier) => earlier === undefined)).toHaveLength(1);
    });
  });
}
