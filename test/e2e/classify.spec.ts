import { workspace } from '../support/e2e-cli';

const LINES = [
  { id: 'a', message: 'Error: connect ECONNREFUSED 127.0.0.1:5432' },
  { id: 'b', message: 'expect(received).toBe(expected)\n\nExpected: 3\nReceived: 2' },
  { id: 'c', message: 'Process completed with exit code 1' },
];

describe('reprise classify', () => {
  it('prints one document with a class and a confidence for each line', async () => {
    const space = workspace();
    space.write('failures.jsonl', LINES.map((line) => JSON.stringify(line)).join('\n'));
    const { code, stdout } = await space.run('classify', 'failures.jsonl', '--json');
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout) as {
      results: { id: string; class: string; confidence: number }[];
    };
    expect(results.map(({ id, class: of }) => [id, of])).toEqual([
      ['a', 'network'],
      ['b', 'assertion'],
      ['c', 'unknown'],
    ]);
    for (const { confidence } of results) expect(confidence).toBeGreaterThan(0.9);
  });

  it('shows people a table with the reasons', async () => {
    const space = workspace();
    space.write('failures.jsonl', LINES.map((line) => JSON.stringify(line)).join('\n'));
    const { code, stdout } = await space.run('classify', 'failures.jsonl');
    expect([code, stdout.split('\n')[0]?.split(/ +/)]).toEqual([
      0,
      ['id', 'class', 'sure', 'signature', 'why'],
    ]);
    expect(stdout).toMatch(/^a +network +0\.\d\d +[0-9a-f]{16} +errno of a connection$/m);
  });

  it('names the line that is no message, and ends with status 2', async () => {
    const space = workspace();
    space.write('failures.jsonl', `${JSON.stringify(LINES[0])}\n{"id": 3}\n`);
    const { code, stdout } = await space.run('classify', 'failures.jsonl', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('failures.jsonl:2: id: '),
    });
  });
});
