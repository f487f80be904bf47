import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../support/e2e-cli';

describe('reprise init', () => {
  it('writes a first graph of the scripts of a package, which runs as it stands', async () => {
    const space = workspace();
    const scripts = { build: 'echo built >> ran.txt', test: 'echo tested >> ran.txt' };
    space.write('package.json', JSON.stringify({ name: 'shop', private: true, scripts }));
    const { code, stdout } = await space.run('init', '--json');
    expect(code).toBe(0);
    const { file, graph, found } = JSON.parse(stdout);
    expect(file).toBe('reprise.graph.yaml');
    expect(found.length).toBeGreaterThan(0);
    expect(graph.nodes.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['build', 'test']),
    );

    const ran = await space.run('run', file, '--json');
    expect(JSON.parse(ran.stdout).status).toBe('succeeded');
    expect(space.lines('ran.txt')).toEqual(['built', 'tested']);

    const again = await space.run('init');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
  }, 60_000);

  it('makes it of a folder elsewhere whose CI system alone says how tests run', async () => {
    const space = workspace();
    const job =
      'name: CI\non: push\njobs: { test: { runs-on: ubuntu-latest, steps: [{ run: make test }] } }\n';
    for (const app of ['app', 'broken'])
      mkdirSync(join(space.dir, app, '.github/workflows'), { recursive: true });
    space.write('app/.github/workflows/ci.yml', job);
    const { code, stdout } = await space.run('init', 'app', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).graph.nodes.map(({ id }: { id: string }) => id)).toEqual(['test']);

    space.write('broken/.github/workflows/ci.yml', 'name: [x\n');
    const broken = await space.run('init', 'broken', '--force');
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringMatching(/^reprise: ci\.yml:2:1 /m)]);
    const none = await space.run('init', 'nowhere', '--force');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nowhere is no directory')]);
  }, 60_000);

  it('says what it looked for where there is nothing', async () => {
    const { code, stderr } = await workspace().run('init');
    expect([code, stderr]).toEqual([2, expect.stringContaining('package.json')]);
  }, 60_000);
});
