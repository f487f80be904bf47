import { withCorrection } from '../../../../lib/core/history/correction';
import type { Diagnosis } from '../../../../lib/core/model/failure';

const diagnosis: Diagnosis = {
  ...{ class: 'network', confidence: 0.7, signature: 'a'.repeat(16), by: 'model', why: 'words' },
};

describe('a diagnosis', () => {
  it('stays as it is where nobody has corrected it', () => {
    expect(withCorrection(diagnosis, undefined)).toBe(diagnosis);
    expect(withCorrection(diagnosis, {})).toBe(diagnosis);
  });

  it('is what a person has said of its signature, for certain', () => {
    const correction = { class: 'assertion', by: 'ana', reason: 'a real bug', at: 1 } as const;
    expect(withCorrection(diagnosis, { correction })).toEqual({
      ...{ class: 'assertion', confidence: 1, signature: 'a'.repeat(16), by: 'person' },
      why: 'ana corrected this signature: a real bug',
    });
  });
});
