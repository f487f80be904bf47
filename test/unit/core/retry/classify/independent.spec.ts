import { readFileSync } from 'node:fs';
import { FAILURE_CLASSES, type FailureClass } from '../../../../../lib/core/model/failure';
import { classify } from '../../../../../lib/core/retry/classify/diagnose';

interface Labelled {
  readonly message: string;
  readonly class: FailureClass;
}

const labelled = readFileSync('models/failures/independent.jsonl', 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Labelled);
const corpus = readFileSync('models/failures/corpus.jsonl', 'utf8');
const said = labelled.map(({ message }) => classify({ message }).class);

const HELPS = new Set<FailureClass>(FAILURE_CLASSES.slice(0, FAILURE_CLASSES.indexOf('assertion')));

function f1(of: FailureClass): number {
  const both = labelled.filter((each, i) => each.class === of && said[i] === of).length;
  const all = labelled.filter((each) => each.class === of).length + said.filter((each) => each === of).length;
  return (2 * both) / all;
}

describe('messages of whoever has not seen the corpus', () => {
  const macroF1 = FAILURE_CLASSES.reduce((sum, of) => sum + f1(of), 0) / FAILURE_CLASSES.length;
  const told = labelled.flatMap((each, i) =>
    each.class === 'unknown' || said[i] === 'unknown' ? [] : [[each.class, said[i] as FailureClass] as const],
  );
  const helps = told.filter(([is, was]) => HELPS.has(is) === HELPS.has(was)).length / told.length;

  it('are not in it', () => {
    for (const { message } of labelled)
      expect(corpus).not.toContain(JSON.stringify({ message }).slice(1, -1));
  });

  it('get the right class, and the right answer to whether a retry helps', () => {
    expect(macroF1).toBeGreaterThanOrEqual(0.9);
    expect(helps).toBeGreaterThanOrEqual(0.97);
  });

  it('are measured as the card says', () => {
    const card = readFileSync('docs/failure-classification.md', 'utf8');
    for (const figure of [macroF1, helps]) expect(card).toContain(figure.toFixed(3));
    expect(card).toContain(`${labelled.length} messages`);
  });
});
