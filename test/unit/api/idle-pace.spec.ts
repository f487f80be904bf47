import { idlePace } from '../../../lib/api/idle-pace';
import { registered } from '../../support/heartbeats';

it('the pace of a pool follows from its workers, which are counted once a minute', async () => {
  let now = 0;
  let workers = 50;
  const list = jest.fn(async (pool: string) =>
    Array.from({ length: pool === 'gpu' ? 2 : workers }, (_, i) => registered(`w${i}`)),
  );
  const pace = idlePace({ workers: { list }, clock: () => now });
  expect([await pace('default'), await pace('gpu')]).toEqual([31, 10]);
  workers = 3;
  now = 59_999;
  expect(await pace('default')).toBe(31);
  expect(list).toHaveBeenCalledTimes(2);
  now = 60_000;
  expect(await pace('default')).toBe(10);
});
