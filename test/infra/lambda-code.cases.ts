import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { createEvaluatorPool } from '../../lib/adapters/evaluator/pool';
import { FUNCTIONS } from '../../lib/constructs/functions';
import { bundledCode } from '../../lib/constructs/lambda-code';
import { shareLambdaCode } from '../integration/support/assembly';

describe('the code of the functions', () => {
  beforeAll(shareLambdaCode, 120_000);
  const code = (name: string) => bundledCode(process.cwd())(name);
  const directoryOf = (name: string) => (code(name) as AssetCode).path;

  it('has the evaluator of conditions beside every function that decides, and it evaluates', async () => {
    for (const name of ['job-inputs', 'effects', 'submit-job']) {
      expect(readdirSync(directoryOf(name))).toEqual(expect.arrayContaining(['index.js', 'evaluator.js']));
    }
    const pool = createEvaluatorPool({ script: join(directoryOf('job-inputs'), 'evaluator.js') });
    const input = { results: { a: { status: 'failed' } } };
    expect(await pool.judge({ when: "results.a.status = 'failed'", input })).toEqual({ holds: true });
    pool.close();
  });

  it('has it nowhere else', () => {
    expect(readdirSync(directoryOf('authorizer'))).not.toContain('evaluator.js');
  });

  it('follows no promise of the process: nothing in it sets hooks of what is asynchronous', () => {
    const text = (name: string) => readFileSync(join(directoryOf(name), 'index.js'), 'utf8');
    // The second is in `cls-hooked` only.
    expect(FUNCTIONS.filter((name) => /createHook|cls@contexts/.test(text(name)))).toEqual([]);
  });
});
