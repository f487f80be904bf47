import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Workspace, workspace } from '../support/e2e-cli';

describe('reprise journal', () => {
  let space: Workspace;
  let path: string;
  beforeAll(async () => {
    space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "true" }, { id: b, run: "false", needs: [a] }]');
    await space.run('run', 'g.yaml', '--job', 'j');
    path = join(space.dir, '.reprise/jobs/j/journal.jsonl');
  });

  async function verify(job = 'j') {
    const { code, stdout } = await space.run('journal', 'verify', job, '--json');
    return { code, ...(stdout === '' ? {} : JSON.parse(stdout)) };
  }

  it('verifies what a run wrote', async () => {
    const events = space.lines('.reprise/jobs/j/journal.jsonl').length;
    expect(events).toBeGreaterThan(10);
    expect(await verify()).toEqual({ code: 0, valid: true, events });
  });

  it('names the event that was changed, with exit status 1', async () => {
    const whole = readFileSync(path, 'utf8');
    const lines = whole.split('\n');
    const at = lines.findIndex((line) => line.includes('"outcome":"failed"'));
    lines[at] = (lines[at] as string).replace('"outcome":"failed"', '"outcome":"succeeded"');
    writeFileSync(path, lines.join('\n'));
    expect(await verify()).toMatchObject({ code: 1, valid: false, at: at + 1, reason: expect.any(String) });
    writeFileSync(path, whole);
  });

  it('sees that the tail was cut', async () => {
    const whole = readFileSync(path, 'utf8');
    const lines = whole.split('\n');
    writeFileSync(path, `${lines.slice(0, -3).join('\n')}\n`);
    expect(await verify()).toMatchObject({ code: 1, valid: false, at: lines.length - 2 });
    writeFileSync(path, whole);
  });

  it('does not know a job that is not there: exit status 2', async () => {
    expect(await verify('nothing')).toMatchObject({ code: 2, error: { code: 'JOB_NOT_FOUND' } });
  });

  it('asks for one thing to verify: exit status 2', async () => {
    for (const args of [[], ['j', '--file', 'x'], ['--file', 'not-there.jsonl']]) {
      const { code, stdout } = await space.run('journal', 'verify', '--json', ...args);
      expect({ args, code, ...JSON.parse(stdout) }).toMatchObject({ args, code: 2, error: {} });
    }
  });

  it('does not take a journal without a signed head for an export', async () => {
    const { code, stdout } = await space.run('journal', 'verify', '--file', path, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      reason: expect.stringContaining('without its head'),
    });
  });

  it('shows the events of a job', async () => {
    const { code, stdout } = await space.run('journal', 'show', 'j');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +1 .*job\.submitted/);
    expect(stdout).toMatch(/attempt\.failed +b .*"exitCode":1/);
  });
});
