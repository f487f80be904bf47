import { normalise } from '../../../../../lib/core/retry/classify/normalise';
import { certainRule, RULES } from '../../../../../lib/core/retry/classify/rules';
import { readCorpus } from '../../../../../scripts/classifier-corpus';

function decided(message: string) {
  const text = normalise(message);
  return certainRule(RULES.filter(({ pattern }) => pattern.test(text)));
}

describe('the rules', () => {
  const said = readCorpus().map(({ message, class: of }) => ({ of, rule: decided(message) }));

  it('are right on 98 of 100 messages of the corpus that they decide', () => {
    const certain = said.filter(({ rule }) => rule !== undefined);
    const right = certain.filter(({ of, rule }) => rule?.class === of);
    expect(right.length / certain.length).toBeGreaterThan(0.98);
  });

  it('each match something of their class', () => {
    const texts = readCorpus().map(({ message, class: of }) => ({ of, text: normalise(message) }));
    const idle = RULES.filter(
      (rule) => !texts.some(({ of, text }) => of === rule.class && rule.pattern.test(text)),
    );
    expect(idle.map(({ name }) => name)).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  });

  it('decide nothing where they disagree', () => {
    expect(decided('connect ECONNREFUSED 10.0.0.1:80, then 503 Service Unavailable')).toBeUndefined();
  });
});
