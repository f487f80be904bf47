import { readdirSync } from 'node:fs';
import { createFileAnswers } from '../../lib/adapters/embedded/disk/answers';
import { layoutOf } from '../../lib/adapters/embedded/disk/layout';
import { createMemoryAnswers } from '../../lib/adapters/memory/answers';
import { temporaryDir } from '../support/e2e-files';
import { answersContract } from './answers.contract';

answersContract('memory', async () => createMemoryAnswers());
answersContract('files', async () => createFileAnswers(layoutOf(temporaryDir()), Date.now));

describe('answers in files', () => {
  const call = { id: 'a'.repeat(64), content: 'what is asked' };
  const answer = { status: 200, body: '{}' };

  it('outlive their process; what it was answering may be asked anew', async () => {
    const layout = layoutOf(temporaryDir());
    const at = { now: 0, until: 15_000 };
    const first = createFileAnswers(layout, () => 0);
    await first.claim(call, at);
    await first.keep(call, answer, 1_000_000);
    const other = { ...call, id: 'b'.repeat(64) };
    await first.claim(other, at);
    const second = createFileAnswers(layout, () => 0);
    expect(await second.claim(call, at)).toMatchObject({ answer });
    expect(await second.claim(other, at)).toBeUndefined();
  });

  it('are removed when their time is over', async () => {
    const layout = layoutOf(temporaryDir());
    let now = 0;
    const store = createFileAnswers(layout, () => now);
    await store.keep(call, answer, 1_000);
    now = 2 * 3_600_000;
    await store.keep({ ...call, id: 'b'.repeat(64) }, answer, now + 1_000);
    expect(readdirSync(layout.answers)).toEqual([`${'b'.repeat(64)}.json`]);
  });
});
