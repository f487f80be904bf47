import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Workspace, workspace } from '../support/e2e-cli';

describe('reprise cleanup', () => {
  let space: Workspace;
  let archive: string;
  const json = async (...args: string[]) => {
    const { code, stdout } = await space.run(...args, '--json');
    const said: Record<string, unknown> = { ...(JSON.parse(stdout) as object), code };
    return said;
  };
  const age = (path: string, days: number) => {
    const at = new Date(Date.now() - days * 86_400_000);
    utimesSync(join(space.dir, '.reprise', path), at, at);
  };

  beforeAll(async () => {
    space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "echo hello" }]');
    for (const job of ['old', 'new']) await space.run('run', 'g.yaml', '--job', job);
    age('jobs/old/journal.jsonl', 40);
    // The first one bundles the command line.
  }, 120_000);

  it('says what would go, and leaves it', async () => {
    const { code, stdout } = await space.run('cleanup', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^job {2}old {2}.*KiB {2}it is over, for 40 days\n/);
    expect(stdout).toContain('1 thing would be removed');
    expect(existsSync(join(space.dir, '.reprise/cleanup'))).toBe(false);
    expect(await json('journal', 'verify', 'old')).toMatchObject({ code: 0, valid: true });
  });

  it('keeps what it is told to keep', async () => {
    expect(await json('cleanup', '--dry-run', '--older-than', '41d')).toMatchObject({ removed: [] });
    expect(await json('cleanup', '--dry-run', '--keep', '2')).toMatchObject({ removed: [] });
    for (const wrong of [
      ['--older-than', '23h'],
      ['--older-than', 'soon'],
      ['--keep', '-1'],
      ['--journal', 'nowhere'],
    ])
      expect(await json('cleanup', ...wrong)).toMatchObject({ code: 2, error: { code: 'INPUT_INVALID' } });
  });

  it('removes an old job, whose archive verifies offline and shows any change', async () => {
    const events = space.lines('.reprise/jobs/old/journal.jsonl').length;
    const cleaned = await json('cleanup');
    expect(cleaned).toMatchObject({ code: 0, failed: 0, complete: true, counts: { job: 1 } });
    expect(await json('journal', 'verify', 'old')).toMatchObject({
      code: 2,
      error: { code: 'JOB_NOT_FOUND' },
    });
    const [day = ''] = readdirSync(join(space.dir, '.reprise/archive/job'));
    archive = join('.reprise/archive/job', day, 'old.jsonl.gz');
    const verdict = await json('journal', 'verify', '--file', archive);
    expect(verdict).toMatchObject({ code: 0, valid: true, events });
    const [month = ''] = readdirSync(join(space.dir, '.reprise/cleanup'));
    expect(await json('journal', 'verify', '--cleanup', month)).toMatchObject({ valid: true, events: 4 });
    const shown = (await space.run('journal', 'show', '--cleanup', month)).stdout;
    expect(shown).toMatch(/cleanup\.removing.*"id":"old"/);
    expect(await json('journal', 'verify', '--cleanup', 'may')).toMatchObject({ code: 2 });
    const audit = space.lines(join('.reprise/cleanup', month, 'journal.jsonl')).join('\n');
    expect(audit).toContain(String(verdict['signedBy']));
    const bytes = readFileSync(join(space.dir, archive));
    bytes[40] = (bytes[40] as number) ^ 1;
    writeFileSync(join(space.dir, 'changed.jsonl.gz'), bytes);
    expect(await json('journal', 'verify', '--file', 'changed.jsonl.gz')).toMatchObject({
      code: 1,
      valid: false,
    });
  });

  it('leaves the jobs that stay as they were, and finds nothing more to do', async () => {
    expect(await json('journal', 'verify', 'new')).toMatchObject({ code: 0, valid: true });
    expect(await json('resume', 'new')).toMatchObject({ code: 0, status: 'succeeded' });
    expect(await json('cleanup')).toMatchObject({ code: 0, removed: [], counts: {} });
  });
});
