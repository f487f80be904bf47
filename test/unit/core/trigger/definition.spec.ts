import { definitionOf } from '../../../../lib/api/trigger-definition';
import { parse } from '../../../../lib/contract/read';
import { type PutTriggerRequest, putTriggerRequest } from '../../../../lib/contract/triggers';
import { triggerDefinitionSchema } from '../../../../lib/core/messages/trigger-definition';

const nightly = { schedule: { cron: '30 2 * * mon-fri' } };
const job = { graph_hash: '0'.repeat(64) };
const check = (request: PutTriggerRequest | Record<string, unknown>) =>
  definitionOf('nightly', parse(putTriggerRequest, request));
const read = (request: PutTriggerRequest) => check(request)('hash');

function refused(request: Record<string, unknown>) {
  try {
    check(request);
  } catch (error) {
    const { code, problems } = error as { code: string; problems: { path: string; message: string }[] };
    return { code, path: problems[0]?.path, message: problems[0]?.message };
  }
  throw new Error('was not refused');
}

describe('the definition of a trigger', () => {
  it('of a schedule is canonical, and has defaults', () => {
    expect(read({ on: nightly, job })).toEqual({
      name: 'nightly',
      source: { kind: 'schedule', cron: '30 2 * * 1,2,3,4,5', timezone: 'UTC', missed: 'latest' },
      overlap: 'skip',
      job: { graphHash: 'hash', priority: 'normal', pool: 'default' },
    });
  });

  it('of an event takes its pattern as it is, and lets jobs run side by side', () => {
    const event = { source: ['git'], detail: { ref: [{ prefix: 'release/' }] } };
    expect(read({ on: { event }, job })).toMatchObject({
      source: { kind: 'event', pattern: event },
      overlap: 'allow',
    });
  });

  it('takes what is said instead of the defaults', () => {
    const definition = read({
      on: { schedule: { cron: '0 0 1 1 *', timezone: 'Asia/Kolkata', missed: 'all' } },
      overlap: 'queue',
      job: { ...job, priority: 'high', pool: 'gpu', deadline: '90m', parameters: { ref: '$.detail.ref' } },
    });
    expect(definition).toMatchObject({
      source: { timezone: 'Asia/Kolkata', missed: 'all' },
      overlap: 'queue',
      job: { priority: 'high', pool: 'gpu', deadlineMs: 5_400_000, parameters: { ref: '$.detail.ref' } },
    });
    expect(triggerDefinitionSchema.parse(definition)).toEqual(definition);
  });

  it('keeps the pattern of events that say otherwise of the overlap', () => {
    expect(read({ on: { event: { source: ['git'] } }, overlap: 'cancel', job }).overlap).toBe('cancel');
  });
});

describe('a trigger that makes no sense is refused with the place and the mend', () => {
  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['no occasion', { on: {}, job }, 'INPUT_INVALID', 'on', 'write either schedule'],
    ['two of them', { on: { ...nightly, event: {} }, job }, 'INPUT_INVALID', 'on', 'write either schedule'],
    [
      'another key',
      { on: { schedule: { cron: '0 0 * * *', tz: 'x' } }, job },
      'INPUT_INVALID',
      'on.schedule.tz',
      'tz',
    ],
    ['no job', { on: nightly }, 'INPUT_INVALID', 'job', 'is missing'],
    ['no graph', { on: nightly, job: {} }, 'INPUT_INVALID', 'job.execution_graph', 'send either'],
    ['an unknown overlap', { on: nightly, job, overlap: 'stop' }, 'INPUT_INVALID', 'overlap', 'queue'],
    [
      'no cron expression',
      { on: { schedule: { cron: '0 0 * *' } }, job },
      'TRIGGER_INVALID',
      'on.schedule.cron',
      'write five',
    ],
    [
      'a time that never comes',
      { on: { schedule: { cron: '0 0 31 2 *' } }, job },
      'TRIGGER_INVALID',
      'on.schedule.cron',
      'never comes',
    ],
    [
      'a path into the event that cannot be followed',
      { on: { event: { source: ['git'] } }, job: { ...job, parameters: { files: '$.detail.files[*]' } } },
      'TRIGGER_INVALID',
      'job.parameters.files',
      '$.detail.files[0]',
    ],
    [
      'an unknown policy for missed runs',
      { on: { schedule: { cron: '0 0 * * *', missed: 'never' } }, job },
      'INPUT_INVALID',
      'on.schedule.missed',
      'latest',
    ],
    [
      'no time zone',
      { on: { schedule: { cron: '0 0 * * *', timezone: 'Mars/Base' } }, job },
      'TRIGGER_INVALID',
      'on.schedule.timezone',
      'write an IANA name, such as Europe/Paris or UTC',
    ],
    [
      'an abbreviation of a time zone',
      { on: { schedule: { cron: '0 0 * * *', timezone: 'BST' } }, job },
      'TRIGGER_INVALID',
      'on.schedule.timezone',
      'abbreviations such as BST mean several zones',
    ],
    [
      'a time zone in another spelling',
      { on: { schedule: { cron: '0 0 * * *', timezone: 'europe/paris' } }, job },
      'TRIGGER_INVALID',
      'on.schedule.timezone',
      'write an IANA name',
    ],
    [
      'no pattern',
      { on: { event: { detail: { ref: 'main' } } }, job },
      'TRIGGER_INVALID',
      'on.event.detail.ref',
      'must be a list of values, such as ["main"]',
    ],
  ])('%s', (_, request, code, path, message) => {
    expect(refused(request)).toEqual({ code, path, message: expect.stringContaining(message) });
  });
});
