import { readMessages } from '../../../lib/cli/classify';
import { isRepriseError } from '../../../lib/core/errors';

function problemOf(lines: string): string {
  try {
    readMessages(lines, 'failures.jsonl');
  } catch (error) {
    if (isRepriseError(error) && error.code === 'INPUT_INVALID') return error.message;
    throw error;
  }
  throw new Error('no problem was found');
}

const good = '{"id": "1", "message": "connect ECONNREFUSED 127.0.0.1:80"}';

describe('messages of a file', () => {
  it('keep their ids and their order, and may leave lines empty', () => {
    const lines = `${good}\n\n{"id": "2", "message": "x", "more": true}\n`;
    expect(readMessages(lines, 'f')).toEqual([
      { id: '1', evidence: { message: 'connect ECONNREFUSED 127.0.0.1:80' } },
      { id: '2', evidence: { message: 'x' } },
    ]);
  });

  it('may say what else is known of the failure', () => {
    const [first] = readMessages('{"id": "1", "message": "", "exitCode": 137}', 'f');
    expect(first?.evidence).toEqual({ message: '', exitCode: 137 });
  });

  it.each([
    ['that is no JSON', `${good}\nnope`, 'failures.jsonl:2: not a JSON document'],
    ['without a message', `${good}\n\n{"id": "2"}`, 'failures.jsonl:3: message: '],
    ['without an id', '{"message": "x"}', 'failures.jsonl:1: id: '],
    ['that is no object', '[]', 'failures.jsonl:1: the line: '],
    [
      'of an exit status of another kind',
      '{"id": "1", "message": "", "exitCode": "1"}',
      'failures.jsonl:1: exitCode: ',
    ],
  ])('are refused with the place of the one %s', (_, lines, problem) => {
    expect(problemOf(lines)).toContain(problem);
  });
});
