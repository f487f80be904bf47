import { observing } from '../../../lambdas/dispatch/observing';
import { RepriseError } from '../../../lib/core/errors';
import { dependencyAt } from '../../../lib/core/messages/address';

function world(dependencies?: string[]) {
  let now = 100;
  const send = jest.fn(async () => undefined);
  const lease = { id: 'pool/gpu/7', work: { traceId: 't', ...(dependencies && { dependencies }) } };
  const hand = (answer: () => Promise<string>) =>
    observing({ streams: { send }, clock: () => now }, lease, () => {
      now += 250;
      return answer();
    });
  return { send, hand };
}

const unavailable = (context = {}) => new RepriseError('UPSTREAM_UNAVAILABLE', 'no answer', { context });
const told = (ok: boolean) => [
  [
    {
      to: dependencyAt('test-execution'),
      message: { type: 'observed', ok, by: 'pool/gpu/7', startedAt: 100, durationMs: 250 },
    },
    { id: 'pool/gpu/7/observed', actor: { kind: 'engine', id: 'dispatch' }, traceId: 't' },
  ],
];

describe('handing an attempt to a worker', () => {
  it('is observed where the work names test-execution, with how long it took', async () => {
    const { send, hand } = world(['test-execution']);
    expect(await hand(async () => 'accepted')).toBe('accepted');
    expect(send.mock.calls).toEqual(told(true));
  });

  it.each([[undefined], [['payments']]])('sends nothing where it names %j', async (dependencies) => {
    const { send, hand } = world(dependencies);
    await hand(async () => 'accepted');
    await expect(hand(() => Promise.reject(unavailable()))).rejects.toThrow('no answer');
    expect(send).not.toHaveBeenCalled();
  });

  it('has failed where nobody answered, and where the worker was too busy', async () => {
    const { send, hand } = world(['test-execution']);
    await expect(hand(() => Promise.reject(unavailable({ status: 503 })))).rejects.toThrow('no answer');
    expect(send.mock.calls).toEqual(told(false));
  });

  it.each([
    ['is our own fault', unavailable({ isOurs: true })],
    ['is an answer', new RepriseError('WORKER_NOT_FOUND', 'another registration')],
  ])('says nothing of the workers where the error %s', async (_, error) => {
    const { send, hand } = world(['test-execution']);
    await expect(hand(() => Promise.reject(error))).rejects.toBe(error);
    expect(send).not.toHaveBeenCalled();
  });

  it('goes on where it cannot be told: the attempt is taken', async () => {
    const { send, hand } = world(['test-execution']);
    send.mockRejectedValue(unavailable());
    expect(await hand(async () => 'accepted')).toBe('accepted');
  });
});
