import { readFileSync } from 'node:fs';
import { FAILURE_CLASSES } from '../../../../../lib/core/model/failure';
import { FEATURE_COUNT } from '../../../../../lib/core/retry/classify/features';
import { weights } from '../../../../../lib/core/retry/classify/weights';
import { fingerprint, HELD_OUT, readCorpus, WEIGHTS } from '../../../../../scripts/classifier-corpus';

interface Measured {
  readonly messages: number;
  readonly macroF1: number;
  readonly retryHelps: number;
  readonly calibrationError: number;
}
const report = JSON.parse(readFileSync('models/failures/report.json', 'utf8')) as Record<string, Measured>;

describe('the weights', () => {
  it('were trained from the corpus and the scripts as they are: otherwise run `npm run train`', () => {
    expect(weights.fingerprint).toBe(fingerprint());
  });

  it('have a row for each class and are small', () => {
    expect(Buffer.from(weights.rows, 'base64')).toHaveLength(FAILURE_CLASSES.length * FEATURE_COUNT);
    expect(readFileSync(WEIGHTS).length).toBeLessThan(512 * 1_024);
  });
});

describe('the corpus', () => {
  const corpus = readCorpus();

  it('says of every message where it is from', () => {
    for (const { source, project } of corpus) {
      expect(source).toMatch(/^(composed: .+ format|(reported|modelled): https:\/\/.+)$/);
      expect(project).toMatch(/^[a-z0-9-]+$/);
    }
  });

  it('has every class a hundred times, and no message twice', () => {
    for (const of of FAILURE_CLASSES) {
      expect(corpus.filter((message) => message.class === of).length).toBeGreaterThan(100);
    }
    expect(new Set(corpus.map(({ message }) => message)).size).toBe(corpus.length);
  });

  it('keeps tools from training that are measured on', () => {
    const projects = new Set(corpus.map(({ project }) => project));
    expect(HELD_OUT.filter((tool) => !projects.has(tool))).toEqual([]);
    expect(report['heldOut']?.messages).toBe(
      corpus.filter(({ project }) => HELD_OUT.includes(project)).length,
    );
  });

  it('was measured as the card of the model says', () => {
    const card = readFileSync('docs/failure-classification.md', 'utf8');
    const { macroF1 = 0, retryHelps = 0, calibrationError = 0 } = report['heldOut'] ?? {};
    for (const figure of [macroF1, retryHelps, calibrationError]) expect(card).toContain(figure.toFixed(3));
  });
});
