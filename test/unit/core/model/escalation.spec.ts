import { DEFAULT_ESCALATION, escalationSchema } from '../../../../lib/core/model/escalation';

describe('an escalation path', () => {
  it('tells one after the other', () => {
    expect(escalationSchema.parse(DEFAULT_ESCALATION)).toEqual(DEFAULT_ESCALATION);
    const together = [
      { notify: 'a', afterMinutes: 5 },
      { notify: 'b', afterMinutes: 5 },
    ];
    expect(escalationSchema.safeParse(together).error?.issues[0]?.message).toContain('must come later');
  });

  it.each([
    [[]],
    [[{ notify: '', afterMinutes: 0 }]],
    [[{ notify: 'a' }]],
    [[{ notify: 'a\nb', afterMinutes: 0 }]],
  ])('refuses %j', (path) => expect(escalationSchema.safeParse(path).success).toBe(false));
});
