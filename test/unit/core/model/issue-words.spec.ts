import * as z from 'zod';
import '../../../../lib/core/model/issue-words';

const schema = z.object({
  name: z.string(),
  priority: z.enum(['high', 'low']),
  slots: z.int(),
  labels: z.array(z.string()),
  own: z.string({ error: 'name who sees to it' }),
});
const told = (value: unknown) =>
  Object.fromEntries(
    (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]),
  );

describe('what is wrong with a value', () => {
  it('is told in words, and by those of its schema where it has any', () => {
    expect(told({ name: 3, priority: 'urgent', slots: 1.5, labels: {}, own: 1 })).toEqual({
      ...{ name: 'expected text, got the number 3', priority: 'is not one of high, low' },
      ...{ slots: 'expected a whole number, got the number 1.5', labels: 'expected a list, got a mapping' },
      own: 'name who sees to it',
    });
  });

  it.each<[string, z.ZodType, unknown, string]>([
    ['too short', z.string().min(1), '', 'must have 1 character at least'],
    ['too long', z.string().max(2), 'abc', 'must have 2 characters at most'],
    ['too few', z.array(z.string()).min(2), [], 'must have 2 items at least'],
    ['too low', z.number().min(3), 2, 'must be 3 at least'],
    ['too high', z.number().lt(3), 3, 'must be less than 3'],
    ['not above', z.number().positive(), 0, 'must be more than 0'],
  ])('is where its bound is: %s', (_, bounded, value, message) => {
    expect(bounded.safeParse(value).error?.issues).toMatchObject([{ message }]);
  });

  it('is that it is missing, where it is', () => {
    expect(told({ own: 'ana' })).toEqual({
      ...{ name: 'is missing', priority: 'is missing: one of high, low', slots: 'is missing' },
      labels: 'is missing',
    });
    expect(told(null)).toEqual({ '': 'expected a mapping, got nothing' });
  });
});
