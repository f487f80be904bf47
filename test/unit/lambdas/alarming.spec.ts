import { alarming } from '../../../lambdas/runtime/alarming';

const critical = jest.fn();
const count = jest.fn();
jest.mock('../../../lambdas/runtime/telemetry', () => ({
  count: (...counted: unknown[]) => count(...counted),
  logger: { critical: (...said: unknown[]) => critical(...said) },
}));

const event = (type: string) => ({
  id: 'job/j/7',
  type,
  at: 1,
  detail: { jobId: 'j', nodeId: 'a', why: 'w' },
});

describe('a publisher that alarms', () => {
  beforeEach(() => jest.clearAllMocks());

  it('counts a recovery that has failed, once it is published, and says of what', async () => {
    const publish = jest.fn(async () => {});
    await alarming({ publish }).publish(event('orchestration.recovery.failed'));
    expect(publish).toHaveBeenCalledTimes(1);
    expect(count).toHaveBeenCalledWith('RecoveriesFailed', 1);
    expect(critical).toHaveBeenCalledWith(
      'orchestration_recovery_failed',
      expect.objectContaining({ jobId: 'j', nodeId: 'a', why: 'w' }),
    );
  });

  it('counts nothing else, and nothing that was not published', async () => {
    await alarming({ publish: async () => {} }).publish(event('orchestration.recovery.completed'));
    const failing = alarming({ publish: async () => Promise.reject(new Error('away')) });
    await expect(failing.publish(event('orchestration.recovery.failed'))).rejects.toThrow('away');
    expect(count).not.toHaveBeenCalled();
  });
});
