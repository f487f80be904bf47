import { onSignals } from '../../../lib/adapters/signals';

describe('signals', () => {
  let now = 0;
  let heard: string[] = [];
  let disarm = () => {};

  beforeEach(() => {
    now = 1_000;
    heard = [];
    const handlers = {
      first: (signal: string) => void heard.push(`first ${signal}`),
      again: (signal: string) => void heard.push(`again ${signal}`),
    };
    disarm = onSignals(handlers, () => now);
  });
  afterEach(() => disarm());

  const press = (signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') => process.emit(signal, signal);

  it('are one press where npm passes on what the terminal has told already', () => {
    press();
    now += 1;
    press();
    expect(heard).toEqual(['first SIGINT']);
  });

  it('end everything where they come later, whichever they are', () => {
    press();
    now += 500;
    press();
    now += 1;
    press('SIGTERM');
    expect(heard).toEqual(['first SIGINT', 'again SIGINT', 'again SIGTERM']);
  });

  it('end it also for somebody who keeps pressing', () => {
    for (let i = 0; i < 4; i++) {
      press();
      now += 200;
    }
    expect(heard).toEqual(['first SIGINT', 'again SIGINT']);
  });

  it('are left to the process again at the end', () => {
    const before = process.listenerCount('SIGINT');
    disarm();
    expect(process.listenerCount('SIGINT')).toBe(before - 1);
  });
});
