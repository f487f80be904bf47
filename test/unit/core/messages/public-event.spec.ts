import { busEventOf } from '../../../../lib/core/messages/public-event';

describe('an event of the engine on the bus of a machine', () => {
  it('has every field that EventBridge gives one', () => {
    const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(
      busEventOf({ id: 'e1', type: 'orchestration.job.started', at, owner: 'ana', detail: { job_id: 'j' } }),
    ).toEqual({
      version: '0',
      id: 'e1',
      'detail-type': 'orchestration.job.started',
      source: 'reprise',
      account: '000000000000',
      // As EventBridge has it, without milliseconds.
      time: '2026-01-02T03:04:05Z',
      region: 'local',
      resources: [],
      detail: {
        job_id: 'j',
        reprise_owner: 'ana',
        reprise_version: 1,
        id: 'e1',
        at: '2026-01-02T03:04:05.678Z',
      },
    });
  });
});
