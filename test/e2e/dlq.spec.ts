import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../lib/cli/render/result';
import type { ChangedLetters, LetterGroupView, ListLettersResponse } from '../../lib/contract/letters';
import { type Workspace, workspace } from '../support/e2e-cli';

/** `build` succeeds; `api` and `ui` fail the same way until they are mended; `report` needs both. */
const GRAPH = `name: shop
nodes:
  - { id: build, run: 'echo build >> log' }
  - { id: api, run: 'echo api >> log; test -e mended || { echo "cannot find the gateway"; exit 1; }', needs: [build] }
  - { id: ui, run: 'echo ui >> log; test -e mended || { echo "cannot find the gateway"; exit 1; }', needs: [build] }
  - { id: report, run: 'echo "report $REPRISE_PARAM_WHO" >> log', needs: [api, ui] }
`;

async function json<T>(space: Workspace, ...args: string[]): Promise<{ code: number | null; body: T }> {
  const { code, stdout, stderr } = await space.run(...args, '--json');
  expect({ stderr, lines: stdout.trim().split('\n').length }).toMatchObject({ lines: 1 });
  return { code, body: JSON.parse(stdout) as T };
}

async function failed(...more: string[]): Promise<{ space: Workspace; group: string; out: string }> {
  const space = workspace();
  space.write('g.yaml', GRAPH);
  const { code, stdout } = await space.run('run', 'g.yaml', '--job', 'j', ...more);
  expect(code).toBe(1);
  const { body } = await json<ListLettersResponse>(space, 'dlq', 'list');
  expect(body.groups).toHaveLength(1);
  return { space, group: body.groups[0]?.group as string, out: stdout };
}

/** How its job stands, as its journal says. */
function statusOf(space: Workspace): string {
  const ends = space.lines('.reprise/jobs/j/journal.jsonl').map((line) => JSON.parse(line));
  return ends.filter(({ type }) => type === 'job.completed').at(-1).data.status;
}

describe('reprise dlq', () => {
  it('keeps what failed for good beyond the run, and has it run again: a canary first, and nothing that was done', async () => {
    const { space, group, out } = await failed();
    expect(out).toContain('2 letters wait for you:  reprise dlq list');
    // Nothing is mended: the canary fails, and the other stays where it is.
    const first = await json<ChangedLetters>(space, 'dlq', 'redrive', group);
    expect(first.code).toBe(1);
    expect(first.body).toMatchObject({ kind: 'node', open: 2, status: 'open' });
    expect(first.body.letters.map(({ node_id }) => node_id).sort()).toEqual(['api', 'ui']);
    expect(first.body.letters[0]?.said).toContain('cannot find the gateway');
    expect(space.lines('log')).toHaveLength(4);

    space.write('mended', '');
    const again = await json<ChangedLetters>(
      space,
      'dlq',
      'redrive',
      group,
      '--reason',
      'the gateway is back',
    );
    expect(again.code).toBe(0);
    expect(again.body).toMatchObject({ open: 0, status: 'resolved' });
    expect(again.body.letters.map(({ resolved }) => resolved?.how)).toEqual(['retried', 'retried']);
    const lines = space.lines('log');
    expect(lines.filter((line) => line === 'build')).toHaveLength(1);
    expect(lines.at(-1)).toBe('report ');
    expect(statusOf(space)).toBe('succeeded');
  });

  it('runs a letter with what a person edits, once more as it is told in the explanation', async () => {
    const { space, group } = await failed('--param', 'who=ana');
    const { body } = await json<LetterGroupView>(space, 'dlq', 'show', group);
    const [ui, api] = ['ui', 'api'].map(
      (id) => body.letters.find(({ node_id }) => node_id === id)?.letter_id,
    );
    const edit = [
      '--run',
      'echo "edited $REPRISE_PARAM_WHO" >> log',
      '--param',
      'who=eve',
      '--timeout',
      '30s',
    ];
    expect((await space.run('dlq', 'redrive', group, '--letter', `${ui}`, ...edit)).code).toBe(0);
    expect(space.lines('log').at(-1)).toBe('edited eve');
    const explained = await space.run('explain', 'j', 'ui');
    expect(explained.stdout).toContain('echo "edited $REPRISE_PARAM_WHO" >> log');

    // The other counts as succeeded: what it was holding up runs, with the parameters of the job.
    const resolved = await json<ChangedLetters>(space, 'dlq', 'resolve', group, '--how', 'succeed');
    expect(resolved).toMatchObject({ code: 0, body: { open: 0 } });
    expect(resolved.body.letters.find(({ letter_id }) => letter_id === api)?.resolved?.how).toBe('succeeded');
    expect(space.lines('log').at(-1)).toBe('report ana');
    expect(statusOf(space)).toBe('succeeded');
  });

  it('assigns, notes and aborts, and says what cannot be done', async () => {
    const { space, group } = await failed();
    const assigned = await json<LetterGroupView>(space, 'dlq', 'assign', group, '--to', 'eve');
    expect(assigned.body).toMatchObject({ status: 'assigned', assignee: 'eve', open: 2 });
    expect((await space.run('dlq', 'note', group, 'the proxy')).stdout).toMatch(/notes\n.*: the proxy\n/);
    const unknown = await space.run('dlq', 'redrive', group, '--letter', 'nothing');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('has no letter nothing') });
    const aborted = await json<ChangedLetters>(space, 'dlq', 'resolve', group, '--how', 'abort');
    expect(aborted.body.letters.map(({ resolved }) => resolved?.how)).toEqual(['aborted', 'aborted']);
    expect(statusOf(space)).toBe('failed');
  });

  it('is parked to by runs at the same time, each of which finds its own place', async () => {
    const space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "echo the same; exit 1" }]');
    const jobs = ['j1', 'j2', 'j3'];
    const runs = await Promise.all(jobs.map((job) => space.run('run', 'g.yaml', '--job', job, '--json')));
    expect(runs.map(({ stdout }) => (JSON.parse(stdout) as RunResult).status)).toEqual([
      ...['failed', 'failed', 'failed'],
    ]);
    const groups = readdirSync(join(space.dir, '.reprise/letters'));
    expect(groups).toHaveLength(1);
    const { body } = await json<LetterGroupView>(space, 'dlq', 'show', groups[0] as string);
    expect(body.letters.map(({ job_id }) => job_id).sort()).toEqual(jobs);
  });
});
