import { settledSources } from '../../../../../lib/adapters/aws/events/settled-sources';
import type { TriggerSource } from '../../../../../lib/core/messages/trigger-definition';

const daily = (hour: number): TriggerSource => ({
  ...{ kind: 'schedule', cron: `0 ${hour} * * *`, timezone: 'UTC', missed: 'skip' },
});

describe('the clock of a trigger that two change at once', () => {
  it('follows the latest change, though the earlier one is armed last', async () => {
    let latest: TriggerSource | undefined = daily(1);
    let armed: TriggerSource | undefined;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const sources = settledSources(
      {
        arm: async (_, source) => {
          // The one that comes first is slow.
          if (source && source.kind === 'schedule' && source.cron.startsWith('0 1 ')) await held;
          armed = source;
        },
      },
      async () => latest,
    );
    const slow = sources.arm('t', latest);
    latest = daily(2);
    await sources.arm('t', latest);
    expect(armed).toEqual(daily(2));
    release();
    await slow;
    expect(armed).toEqual(daily(2));
  });

  it('is armed once where nothing else happens', async () => {
    const arms: (TriggerSource | undefined)[] = [];
    const sources = settledSources(
      { arm: async (_, source) => void arms.push(source) },
      async () => undefined,
    );
    await sources.arm('t', undefined);
    expect(arms).toEqual([undefined]);
  });
});
