import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../../lib/cli/commands';
import { temporaryDir } from '../../support/e2e-files';

const XML = '<?xml version="1.0"?><testsuites name="shop"/>';
const CTRF = {
  ...{ reportFormat: 'CTRF', specVersion: '0.0.0', runId: 'j1' },
  results: { tool: { name: 'reprise' }, summary: { tests: 0, passed: 0, failed: 0 }, tests: [] },
};

/** An engine that has one job. */
async function engine(url: unknown): Promise<Response> {
  const { pathname } = new URL(String(url));
  if (pathname === '/jobs/j1/report/ctrf') return Response.json(CTRF);
  if (pathname === '/jobs/j1/report/junit') {
    return new Response(XML, { headers: { 'content-type': 'application/xml' } });
  }
  return Response.json({ code: 'JOB_NOT_FOUND', detail: 'no such job' }, { status: 404 });
}

/** Runs the command against the engine. @returns what it printed */
async function report(...args: readonly string[]): Promise<string> {
  const program = await buildProgram('report');
  const fetching = jest.spyOn(globalThis, 'fetch').mockImplementation(engine as typeof fetch);
  const writing = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await program.parseAsync(['report', ...args, '--api', 'http://api', '--token', 't'], { from: 'user' });
    return writing.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    writing.mockRestore();
    fetching.mockRestore();
  }
}

describe('a report of a job of an engine', () => {
  it('is printed in the format that is asked for', async () => {
    expect(await report('j1', '--format', 'junit')).toBe(XML);
    expect(JSON.parse(await report('j1', '--format', 'ctrf'))).toEqual(CTRF);
  });

  it('is written to the files that are named', async () => {
    const dir = temporaryDir();
    const [junit, ctrf, out] = ['j.xml', 'c.json', 'o.xml'].map((name) => join(dir, name)) as [
      string,
      string,
      string,
    ];
    const printed = await report(
      ...['j1', '--junit', junit, '--ctrf', ctrf, '--format', 'junit', '--out', out],
    );
    expect(printed).toBe('');
    expect(readFileSync(junit, 'utf8')).toBe(XML);
    expect(readFileSync(out, 'utf8')).toBe(XML);
    expect(JSON.parse(readFileSync(ctrf, 'utf8'))).toEqual(CTRF);
  });

  it.each([
    ['--html', 'job.html'],
    ['--summary', 'summary.md'],
    ['--annotations', 'github'],
    ['--code-quality', 'quality.json'],
    ['--report-to', 'http://reports'],
    ['--json'],
  ])('%s is refused, as it is made from files', async (...flag) => {
    await expect(report('j1', '--format', 'junit', '--out', 'x.xml', ...flag)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`${flag[0]} is made from the files of this machine`),
    });
  });

  it('has to be asked for, and of a job that there is', async () => {
    await expect(report('j1')).rejects.toThrow('say what http://api is to report');
    await expect(report('--format', 'junit')).rejects.toThrow('name a job');
    await expect(report('j2', '--format', 'junit')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
