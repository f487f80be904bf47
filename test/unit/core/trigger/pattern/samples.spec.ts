import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '../../../../../lib/core/trigger/pattern/pattern';

type Verdict = boolean | 'refused';

/** A pattern and an event, and what event-ruler 2.1.0, EventBridge's own matcher, makes of them. */
interface Sample {
  readonly group: string;
  /** JSON, as is the event. */
  readonly pattern: string;
  readonly event: string;
  readonly ruler: Verdict;
  /** Where it is another one here, and why: docs/triggers.md says more. */
  readonly ours?: Verdict;
  readonly why?: string;
}

const FILE = join(process.cwd(), 'test/fixtures/event-patterns.jsonl');
const samples = readFileSync(FILE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Sample => JSON.parse(line));

function verdict({ pattern, event }: Sample): Verdict {
  try {
    return compilePattern(JSON.parse(pattern)).matches(JSON.parse(event));
  } catch (error) {
    expect(error).toMatchObject({
      code: 'TRIGGER_INVALID',
      problems: [{ path: expect.stringMatching(/^on\.event/) }],
    });
    return 'refused';
  }
}

describe('an event and a pattern', () => {
  it.each([...new Set(samples.map(({ group }) => group))])('meet as in EventBridge: %s', (group) => {
    const own = samples.filter((sample) => sample.group === group && sample.ours === undefined);
    expect(own.map((sample) => ({ ...sample, ruler: verdict(sample) }))).toEqual(own);
  });

  it('meet otherwise for a reason that is written down', () => {
    const other = samples.filter(({ ours }) => ours !== undefined);
    expect(other.map((sample) => ({ ...sample, ours: verdict(sample) }))).toEqual(other);
    expect(other.filter(({ why, ours, ruler }) => !why || ours === ruler)).toEqual([]);
  });
});
