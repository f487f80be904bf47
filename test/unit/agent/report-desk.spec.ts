import type { OriginatedReport } from '../../../lib/adapters/http/engine-client';
import { SYSTEM } from '../../../lib/adapters/system';
import { createReportDesk } from '../../../lib/agent/report-desk';
import { MAX_REPORTS } from '../../../lib/contract/executions';
import { RepriseError } from '../../../lib/core/errors';
import type { AttemptReport } from '../../../lib/core/messages/report';

const origin = (nodeId: string) => ({ ref: { jobId: 'j', nodeId, attempt: 1 }, attemptToken: 't' });
const succeeded = (outputs: object = {}): AttemptReport => ({
  ...{ type: 'succeeded', durationMs: 1, outputs: outputs as never },
});

/** An engine that answers when it is told to. */
function desk(answer: (reports: readonly OriginatedReport[]) => readonly (RepriseError | undefined)[]) {
  const calls: string[][] = [];
  const pending: (() => void)[] = [];
  const report = (_workerId: string, reports: readonly OriginatedReport[]) => {
    calls.push(reports.map(({ origin: { ref } }) => ref.nodeId));
    return new Promise<readonly (RepriseError | undefined)[]>((resolve) =>
      pending.push(() => resolve(answer(reports))),
    );
  };
  const sleeps: number[] = [];
  const timing = { ...SYSTEM, sleep: async (ms: number) => void sleeps.push(ms) };
  const send = createReportDesk({ client: { report }, workerId: 'w', timing });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ calls, send, sleeps },
    async answered() {
      await settle();
      pending.shift()?.();
      await settle();
    },
  };
}

const allTaken = (reports: readonly OriginatedReport[]) => reports.map(() => undefined);

describe('the desk of reports', () => {
  it('sends what comes in a moment together, and what comes meanwhile with the next call', async () => {
    const { send, calls, answered } = desk(allTaken);
    const sent = [send(origin('a'), succeeded()), send(origin('b'), succeeded())];
    await new Promise((resolve) => setImmediate(resolve));
    sent.push(send(origin('c'), succeeded()), send(origin('d'), succeeded()));
    expect(calls).toEqual([['a', 'b']]);
    await answered();
    await answered();
    await Promise.all(sent);
    expect(calls).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('sends no more in one call than the engine takes, by number and by size', async () => {
    const { send, calls, answered } = desk(allTaken);
    const large = succeeded({ log: 'x'.repeat(300 * 1024) });
    const sent = [send(origin('large-1'), large), send(origin('large-2'), large)];
    for (let i = 0; i < MAX_REPORTS + 1; i++) sent.push(send(origin(`n${i}`), succeeded()));
    for (let i = 0; i < 3; i++) await answered();
    await Promise.all(sent);
    expect(calls.map((call) => call.length)).toEqual([1, MAX_REPORTS, 2]);
  });

  it('tells each what became of it: one that is refused spoils no other, and one that may pass is tried again', async () => {
    let tries = 0;
    const { send, calls, sleeps, answered } = desk((reports) =>
      reports.map(({ origin: { ref } }) => {
        if (ref.nodeId === 'wrong') return new RepriseError('ATTEMPT_TOKEN_INVALID', 'no');
        if (ref.nodeId !== 'busy') return undefined;
        return ++tries === 1 ? new RepriseError('UPSTREAM_UNAVAILABLE', 'busy') : undefined;
      }),
    );
    const wrong = expect(send(origin('wrong'), succeeded())).rejects.toMatchObject({
      code: 'ATTEMPT_TOKEN_INVALID',
    });
    const others = [send(origin('right'), succeeded()), send(origin('busy'), succeeded())];
    await answered();
    await answered();
    await Promise.all([wrong, ...others]);
    expect(calls).toEqual([['wrong', 'right', 'busy'], ['busy']]);
    expect(sleeps).toHaveLength(1);
  });

  it('tells all of a call that was refused as a whole, and goes on', async () => {
    const report = jest
      .fn()
      .mockRejectedValueOnce(new RepriseError('UNAUTHENTICATED', 'expired'))
      .mockResolvedValue([undefined]);
    const send = createReportDesk({ client: { report }, workerId: 'w', timing: SYSTEM });
    const refused = ['a', 'b'].map((nodeId) => send(origin(nodeId), succeeded()));
    for (const each of await Promise.allSettled(refused))
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'UNAUTHENTICATED' } });
    await send(origin('c'), succeeded());
    expect(report).toHaveBeenCalledTimes(2);
  });
});
