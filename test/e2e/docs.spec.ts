import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../../lib/localcloud/port';
import { bash, type Ran } from '../support/docs/bash';
import { type Block, blocksOf, commandsOf, isCommands, PAGES } from '../support/docs/blocks';
import { archive, furnish, sink } from '../support/docs/world';
import { builtCli, type CliProcess, until, type Workspace, workspace } from '../support/e2e-cli';

/** Every command of the pages is run here, but for blocks that say why not (`REASONS`). */

/** A file that a page shows under its name is there for its commands. */
function writeShown(blocks: readonly Block[], dir: string): void {
  for (const { word, text } of blocks.filter((block) => /^[\w.-]+\.\w+$/.test(block.word))) {
    writeFileSync(join(dir, word), `${text}\n`);
  }
}

const isRun = (block: Block) => isCommands(block) && ['', 'daemon'].includes(block.word);
const isWalk = (page: string) => /^docs\/(tutorial|migrate)\//.test(page);

describe('the pages that are walked from top to bottom', () => {
  it.each(PAGES.filter(isWalk))(
    '%s',
    async (page) => {
      const { dir } = workspace();
      const env = furnish(dir, builtCli());
      const port = String(await freePort());
      const blocks = blocksOf(page).map((block) => ({ ...block, text: block.text.replaceAll('4400', port) }));
      writeShown(blocks, dir);
      const script = blocks.filter(isRun).map(({ text, line }) => `echo "== ${page}:${line}"\n${text}`);
      const { code, said } = await bash(['set -e', ...script].join('\n'), dir, env);
      expect({ page, code, said }).toEqual({ page, code: 0, said });
    },
    120_000,
  );
});

describe('the commands of all other pages', () => {
  let space: Workspace;
  let daemon: CliProcess;
  let env: NodeJS.ProcessEnv;
  let groups: string[];
  let letter: string;
  let receiver: { url: string; server: Server };

  beforeAll(async () => {
    space = workspace({ HOOK_SECRET: 'between-us-and-them' });
    receiver = await sink();
    env = furnish(space.dir, builtCli());
    space.write('notifications.yaml', NOTIFICATIONS.replaceAll('SINK', receiver.url));
    for (const job of ['JOB', 'ID', 'STREAM']) await space.run('run', 'GRAPH', '--job', job);
    await space.run('journal', 'anchor');
    for (const [format, name] of [
      ['jsonl', 'EXPORT'],
      ['csv', 'export.csv'],
    ] as const) {
      await space.run('journal', 'export', 'JOB', '--format', format, '--out', name);
    }
    archive(join(space.dir, 'EXPORT'), join(space.dir, 'gone/JOB.jsonl.gz'));
    writeFileSync(join(space.dir, 'PUBLIC.pem'), (await space.run('journal', 'key')).stdout);
    writeShown(PAGES.filter((page) => !isWalk(page)).flatMap(blocksOf), space.dir);
    cpSync(join(space.dir, '.reprise'), join(space.dir, 'idle'), { recursive: true });
    const listed = JSON.parse((await space.run('dlq', 'list', '--json')).stdout);
    groups = listed.groups.map(({ group }: { group: string }) => group);
    const shown = JSON.parse((await space.run('dlq', 'show', groups[1] ?? '', '--json')).stdout);
    letter = shown.letters[0].letter_id;
    const flakes = JSON.parse((await space.run('flakes', '--all', '--json')).stdout);
    daemon = space.start('serve', '--port', '0', '--slots', '2', '--notifications', 'notifications.yaml');
    await until(() => daemon.stderr().includes('serving '), 'the daemon listens');
    const { url, token } = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8'));
    env = { ...env, API: url, REPRISE_TOKEN: token, FLAKE: flakes.flakes[0].id };
  }, 120_000);

  afterAll(async () => {
    daemon.child.kill('SIGTERM');
    await daemon.done;
    receiver.server.close();
  });

  it('run, each once', async () => {
    const failed: string[] = [];
    const seen = new Set<string>();
    for (const block of PAGES.filter((page) => !isWalk(page))
      .flatMap(blocksOf)
      .filter(isRun)) {
      for (const written of commandsOf(block)) {
        const command = inGroup(plain(written, receiver.url));
        if (seen.has(command)) continue;
        seen.add(command);
        const { code, said } = isEndless(command)
          ? await begun(command)
          : await bash(command, space.dir, env);
        if (code !== 0) failed.push(`${block.page}:${block.line}: ${command}: ${code}\n${said}`);
      }
    }
    expect(failed).toEqual([]);
    expect(seen.size).toBeGreaterThan(80);
  }, 300_000);

  /** Each of the groups of letters in turn, the second one where one of its letters is named. */
  function inGroup(command: string): string {
    const group = command.includes('--letter')
      ? groups[1]
      : command.includes('resolve')
        ? groups.pop()
        : groups[0];
    return command.replace(/\bGROUP\b/, group ?? 'none').replace('--letter ID', `--letter ${letter}`);
  }

  /** A daemon of its own, until it listens. */
  async function begun(command: string): Promise<Ran> {
    const { dir, start } = workspace({ HOOK_SECRET: 'between-us-and-them' });
    furnish(dir, builtCli());
    writeFileSync(join(dir, 'notifications.yaml'), readFileSync(join(space.dir, 'notifications.yaml')));
    const [, options = ''] = /serve(.*?)&?$/.exec(command.replace(/--port \d+/, '')) ?? [];
    const served = start('serve', ...options.trim().split(/\s+/).filter(Boolean), '--port', '0');
    await Promise.race([until(() => served.stderr().includes('serving '), command), served.done]);
    served.child.kill('SIGTERM');
    const { code, stderr } = await served.done;
    return { code: stderr.includes('serving ') ? 0 : code, said: stderr };
  }
});

const NOTIFICATIONS = `targets:
  team: { type: webhook, url: SINK, secret: { env: HOOK_SECRET } }
  on-call: { type: webhook, url: SINK, secret: { env: HOOK_SECRET } }
rules: [{ name: failures, events: [orchestration.execution.failed], targets: [team] }]
`;

const isEndless = (command: string) => /^(npx )?reprise serve\b/.test(command);

/** A command as somebody types it who reads the page: without what may be left out, with something for each word in capitals. */
function plain(written: string, url: string): string {
  const quoted: string[] = [];
  const bare = written.replace(/'[^']*'|"[^"]*"/g, (text) => `«${quoted.push(text) - 1}»`);
  const today = new Date().toISOString().slice(0, 10);
  const filled = bare
    .replace(/\[[^\]]*\]/g, '')
    .replace(/(?<=[\w-])\|[\w-]+/g, '')
    .replace(/\bSEQ\b/g, '3')
    .replace(/\bN\b/g, '2')
    .replace(/\bS\b/g, '1')
    .replace(/(quarantine \w+ )ID\b/, '$1$FLAKE')
    .replace(/\bSHA256\b/, 'PUBLIC.pem')
    .replace(/^reprise cleanup(?!.*--dry-run)/, '$& --journal idle')
    .replace(/\b2026-11-29\b/g, today)
    .replace(/\.reprise\/archive\/job\/[\d-]+\//, 'gone/')
    .replace(/http:\/\/127\.0\.0\.1:4318|https:\/\/reports\.example\/reprise/, url)
    .replace(/localhost:\d+/, '$API')
    .replace(/(--endpoint )URL\b/, `$1${url}`)
    .replace(/\bURL\b/g, '$API')
    .replace(/(trigger set )FILE\b/, '$1NAME.trigger.yaml')
    .replace(/(event )FILE\b/, '$1event.json')
    .replace(/(--fleet )FILE\b/, '$1fleet.json')
    .replace(/(classify )FILE\b/, '$1failures.jsonl')
    .replace(/(import )FILE\b/, '$1report.json')
    .replace(/(graph )FILE\b/, '$1GRAPH')
    .replace(/(--anchors )FILE\b/, '$1.reprise/anchors')
    .replace(/\s+/g, ' ')
    .trim();
  return filled.replace(/«(\d+)»/g, (_, i) => quoted[Number(i)] ?? '');
}
