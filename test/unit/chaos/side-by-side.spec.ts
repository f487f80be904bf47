import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSideBySide } from '../../../lib/chaos/side-by-side';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'players-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ANSWER =
  "process.on('disconnect', () => process.exit()); const answer = (world) => process.send({ events: world.jobs, elapsedMs: 1, faults: {}, lines: [] });";

/** A process that plays worlds in its own way. */
function player(name: string, body: string): string {
  const path = join(folder, `${name}.js`);
  writeFileSync(path, `${ANSWER}\nprocess.on('message', (world) => { ${body} });`);
  return path;
}

const run = (script: string, more: { patienceMs?: number } = {}) =>
  runSideBySide({ seed: 1, jobs: 200 }, { processes: 2, loader: [], player: script, ...more });

describe('worlds that are played side by side', () => {
  it('are all heard of', async () => {
    const report = await run(player('well', 'answer(world);'));
    expect(report).toMatchObject({ events: 200, violations: [] });
    expect(report.worlds).toBeGreaterThan(3);
  });

  it('go on where a process dies, and its world is a finding', async () => {
    const report = await run(player('dies', 'if (world.nth === 2) process.exit(7); answer(world);'));
    const well = await run(player('well', 'answer(world);'));
    expect(report.worlds).toBe(well.worlds);
    expect(report.violations).toMatchObject([
      { invariant: 'comesToRest', world: 2, detail: 'the process that played it ended: 7' },
    ]);
  });

  it('are given up where they do not end', async () => {
    const report = await run(player('hangs', 'while (true);'), { patienceMs: 300 });
    expect(report.violations).toHaveLength(3);
    expect(report.violations[0]).toMatchObject({ detail: 'it has not ended after 0.3 s' });
  });
});
