import { busEventOf } from '../../../../lib/core/messages/public-event';
import { heardBy, mayHear } from '../../../../lib/core/trigger/hearing';
import { matches } from '../../../../lib/core/trigger/pattern/pattern';
import { initialTrigger } from '../../../../lib/core/trigger/state';
import { TriggerDriver, told } from '../../../support/trigger-driver';

const ended = (owner: string | undefined, id = 'job/j/9') =>
  busEventOf({
    ...{ id, type: 'orchestration.execution.completed', at: 5, owner },
    detail: { jobId: 'j', ...(owner === undefined ? {} : { owner }) },
  });
const fromGit = { id: 'g', source: 'git', 'detail-type': 'push', detail: { owner: 'bob', branch: 'main' } };

describe('the pattern that wakes a trigger', () => {
  it.each([
    ['on the source of the engine', { source: ['reprise'] }],
    ['on a type of event', { 'detail-type': [{ prefix: 'orchestration.' }] }],
    ['that excludes something else', { source: [{ 'anything-but': ['git'] }] }],
    ['that asks for somebody else', { source: ['reprise'], detail: { owner: ['bob', 'ana'] } }],
    ['that asks for the mark of somebody else', { detail: { reprise_owner: ['bob'], jobId: ['j'] } }],
  ])('%s lets through what is its owner’s, and neither that of others nor that of nobody', (_, pattern) => {
    const narrowed = heardBy('ana', pattern);
    expect(matches(narrowed, ended('ana'))).toBe(true);
    expect(matches(narrowed, ended('bob'))).toBe(false);
    expect(matches(narrowed, ended(undefined))).toBe(false);
  });

  it('lets through what comes from elsewhere, whoever it speaks of', () => {
    expect(matches(heardBy('ana', { source: ['git'] }), fromGit)).toBe(true);
    expect(matches(heardBy('ana', { detail: { branch: ['main'] } }), fromGit)).toBe(true);
    expect(matches(heardBy('ana', { source: ['git'], detail: { branch: ['dev'] } }), fromGit)).toBe(false);
  });

  it('that matches nothing goes on to match nothing', () => {
    expect(matches(heardBy('ana', { detail: ['text'] }), ended('ana'))).toBe(false);
  });
});

describe('a trigger that is woken by an event it must not hear of', () => {
  function listening(everyone?: true) {
    const trigger = new TriggerDriver();
    const source = { kind: 'event' as const, pattern: { source: ['reprise'] } };
    const definition = {
      ...{ name: 'n', source, overlap: 'allow' as const },
      job: { graphHash: 'h', priority: 'normal' as const, pool: 'default' },
    };
    trigger.send({ type: 'set', owner: 'ana', definition, ...(everyone && { everyone }) });
    return trigger;
  }
  const hear = (trigger: TriggerDriver, event: ReturnType<typeof ended>) =>
    told(trigger.send({ type: 'event', event }));

  it('says nothing of it, and fires on its owner’s', () => {
    const trigger = listening();
    expect(hear(trigger, ended('bob'))).toEqual([]);
    expect(hear(trigger, ended(undefined))).toEqual([]);
    expect(hear(trigger, ended('ana'))).toEqual(['fired event/job/j/9']);
  });

  it('fires on everyone’s where an administrator has made it for themselves', () => {
    const trigger = listening(true);
    expect(hear(trigger, ended('bob', '1'))).toEqual(['fired event/1']);
    expect(hear(trigger, ended(undefined, '2'))).toEqual(['fired event/2']);
    trigger.set({ source: { kind: 'event', pattern: { source: ['reprise'] } } });
    expect(hear(trigger, ended('bob', '3'))).toEqual([]);
  });

  it('reads whose it is off events of earlier versions too', () => {
    const state = { ...initialTrigger(), owner: 'ana' };
    const before = (owner: string) => ({ id: '1', source: 'reprise', detail: { owner } });
    expect([mayHear(state, before('ana')), mayHear(state, before('bob'))]).toEqual([true, false]);
  });

  it('never hears of a request for a job, which is between whoever asks and the engine', () => {
    for (const everyone of [undefined, true] as const) {
      const event = { id: '1', source: 'portal', 'detail-type': 'orchestration.job.requested', detail: {} };
      expect(told(listening(everyone).send({ type: 'event', event }))).toEqual([]);
    }
  });
});
