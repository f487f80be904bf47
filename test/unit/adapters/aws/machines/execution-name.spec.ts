import {
  executionInputOf,
  executionName,
  runOfExecution,
} from '../../../../../lib/adapters/aws/machines/execution-name';

describe('the name of an execution', () => {
  it.each([
    [1, 'j', '{"jobId":"j"}'],
    [2, 'j-run-2', '{"jobId":"j","run":2}'],
  ])('tells run %d of a job, with what it is given', (run, name, input) => {
    const of = { jobId: 'j', run };
    expect([executionName(of), executionInputOf(of)]).toEqual([name, input]);
    expect(runOfExecution(name, input)).toEqual(of);
  });

  it('fits Step Functions, whatever the job is called and however often it ran', () => {
    expect(executionName({ jobId: 'x'.repeat(64), run: 1_000_000 }).length).toBeLessThanOrEqual(80);
  });

  it('is not taken for a later run of another job', () => {
    expect(runOfExecution('j-run-2', '{"jobId":"j-run-2"}')).toEqual({ jobId: 'j-run-2', run: 1 });
  });

  it.each([
    ['that another one started', 'a1b2c3', '{"jobId":"j","AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":"x"}'],
    ['that a person started with the input of another', 'by-hand', '{"jobId":"j","run":2}'],
    ['that was given something else', 'j', '[]'],
    ['whose input is no JSON', 'j', '{'],
  ])('is of no job in the case of one %s', (_, name, input) => {
    expect(runOfExecution(name, input)).toBeUndefined();
  });

  it('without an input is that of a first run', () => {
    expect(runOfExecution('j', null)).toEqual({ jobId: 'j', run: 1 });
  });
});
