import type { Quotas } from '../../lib/core/ports/quotas';

/** What every count of what owners take has to keep. */
export function quotasContract(name: string, make: () => Promise<Quotas>): void {
  describe(`the quotas of owners (${name})`, () => {
    const until = Date.now() + 3_600_000;
    const requests = { owner: 'ana', what: 'requests/1', limit: 2, until };
    const jobs = { owner: 'ana', what: 'cause/c', limit: 2, until };

    it('give as many as may be had, and no more', async () => {
      const quotas = await make();
      const taken: boolean[] = [];
      for (let i = 0; i < 4; i++) taken.push(await quotas.take(requests));
      expect(taken).toEqual([true, true, false, false]);
    });

    it('are those of one owner, one thing and one time', async () => {
      const quotas = await make();
      for (let i = 0; i < 2; i++) await quotas.take(requests);
      expect(await quotas.take({ ...requests, owner: 'bob' })).toBe(true);
      expect(await quotas.take({ ...requests, owner: 'ana#' })).toBe(true);
      expect(await quotas.take({ ...requests, what: 'requests/2' })).toBe(true);
      expect(await quotas.take(requests)).toBe(false);
    });

    it('count the same one once, and go on to grant it when all is taken', async () => {
      const quotas = await make();
      const take = (id: string) => quotas.take({ ...jobs, id });
      expect([await take('a'), await take('a'), await take('b'), await take('c'), await take('a')]).toEqual([
        ...[true, true, true, false, true],
      ]);
    });

    it('give no more than may be had to those who take at once', async () => {
      const quotas = await make();
      const taken = await Promise.all([...'abcde'].map((id) => quotas.take({ ...jobs, id })));
      expect(taken.filter(Boolean)).toHaveLength(2);
    });
  });
}
