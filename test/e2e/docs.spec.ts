import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../lib/localcloud/port';
import { bash, type Ran } from '../support/docs/bash';
import { type Block, blocksOf, commandsOf, isCommands, PAGES } from '../support/docs/blocks';
import { archive, furnish, sink } from '../support/docs/world';
import { builtCli, until, type Workspace, workspace } from '../support/e2e-cli';

/** Every command of the pages is run here, but for blocks that say why not (`REASONS`). */

/** A file that a page shows under its name is there for its commands. */
function writeShown(blocks: readonly Block[], dir: string): void {
  for (const { word, text } of blocks.filter((block) => /^[\w.-]+\.\w+$/.test(block.word))) {
    writeFileSync(join(dir, word), `${text}\n`);
  }
}

const isRun = (block: Block) => isCommands(block) && ['', 'daemon'].includes(block.word);
const isWalk = (page: string) => /^docs\/(tutorial|migrate)\//.test(page);
const WALKS = PAGES.filter(isWalk);
const OTHERS = PAGES.filter((page) => !isWalk(page));

/** What waits for processes: begun together, and told one by one. */
let walked: ReadonlyMap<string, Promise<Ran>>;
let ran: Promise<readonly Told[]>;

beforeAll(() => {
  walked = new Map(WALKS.map((page) => [page, inTurn(() => walk(page))]));
  ran = runOthers();
  // Whoever waits for it hears of it.
  for (const one of [...walked.values(), ran]) one.catch(() => undefined);
});

afterAll(() => Promise.allSettled([...walked.values(), ran]));

describe('the pages that are walked from top to bottom', () => {
  it.each(WALKS)(
    '%s',
    async (page) => {
      const { code, said } = (await walked.get(page)) as Ran;
      expect({ page, code, said }).toEqual({ page, code: 0, said });
    },
    240_000,
  );
});

describe('the commands of all other pages', () => {
  it('run, each once', async () => {
    const all = await ran;
    expect(all.filter(({ code }) => code !== 0)).toEqual([]);
    expect(new Set(all.map(({ command }) => command)).size).toBeGreaterThan(80);
  }, 300_000);
});

async function walk(page: string): Promise<Ran> {
  const { dir } = workspace();
  const env = furnish(dir, builtCli());
  const port = String(await freePort());
  const blocks = blocksOf(page).map((block) => ({ ...block, text: block.text.replaceAll('4400', port) }));
  writeShown(blocks, dir);
  const script = blocks.filter(isRun).map(({ text, line }) => `echo "== ${page}:${line}"\n${text}`);
  return bash(['set -e', ...script].join('\n'), dir, env);
}

/** A command of a page, and how it ended. */
interface Told extends Ran {
  readonly place: string;
  readonly command: string;
}

/** In two worlds alike, each with every other page: what a page leaves, the next one of its world finds. */
async function runOthers(): Promise<readonly Told[]> {
  const receiver = await sink();
  const prepared = await inTurn(() => prepare(receiver.url));
  const told = await Promise.all(
    [0, 1].map((lane) =>
      runPages(
        OTHERS.filter((_, i) => i % 2 === lane),
        prepared,
        receiver.url,
      ),
    ),
  );
  receiver.server.close();
  return told.flat();
}

/** What jobs that have run leave, and the files beside them. @returns the directory */
async function prepare(receiver: string): Promise<string> {
  const { dir, write, run } = workspace();
  furnish(dir, builtCli());
  write('notifications.yaml', NOTIFICATIONS.replaceAll('SINK', receiver));
  for (const job of ['JOB', 'ID', 'STREAM']) await run('run', 'GRAPH', '--job', job);
  await run('journal', 'anchor');
  await run('journal', 'export', 'JOB', '--format', 'jsonl', '--out', 'EXPORT');
  await run('journal', 'export', 'JOB', '--format', 'csv', '--out', 'export.csv');
  archive(join(dir, 'EXPORT'), join(dir, 'gone/JOB.jsonl.gz'));
  writeFileSync(join(dir, 'PUBLIC.pem'), (await run('journal', 'key')).stdout);
  writeShown(OTHERS.flatMap(blocksOf), dir);
  cpSync(join(dir, '.reprise'), join(dir, 'idle'), { recursive: true });
  return dir;
}

/** Runs the commands of pages, one after the other, beside a daemon that serves what they find. */
async function runPages(pages: readonly string[], prepared: string, receiver: string): Promise<Told[]> {
  const space = workspace({ HOOK_SECRET: 'between-us-and-them' });
  cpSync(prepared, space.dir, { recursive: true });
  const env = furnish(space.dir, builtCli());
  const letters = await lettersOf(space);
  const flakes = JSON.parse((await space.run('flakes', '--all', '--json')).stdout);
  const daemon = space.start('serve', '--port', '0', '--slots', '2', '--notifications', 'notifications.yaml');
  try {
    await until(() => daemon.stderr().includes('serving '), 'the daemon listens', 60_000);
    const { url, token } = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8'));
    const variables = { ...env, API: url, REPRISE_TOKEN: token, FLAKE: flakes.flakes[0].id };
    return await runOnce(pages, (written) => {
      const command = letters.inGroup(plain(written, receiver));
      const run = () =>
        isEndless(command) ? begun(command, space.dir) : bash(command, space.dir, variables);
      return { command, run };
    });
  } finally {
    daemon.child.kill('SIGTERM');
    await daemon.done;
  }
}

/** @param typed what somebody types for a command of a page, and how it is run */
async function runOnce(
  pages: readonly string[],
  typed: (written: string) => { readonly command: string; readonly run: () => Promise<Ran> },
): Promise<Told[]> {
  const told = new Map<string, Told>();
  for (const block of pages.flatMap(blocksOf).filter(isRun)) {
    for (const { command, run } of commandsOf(block).map(typed)) {
      if (told.has(command)) continue;
      told.set(command, { place: `${block.page}:${block.line}`, command, ...(await run()) });
    }
  }
  return [...told.values()];
}

/** Puts its groups of letters in turn into commands, the second one where one of its letters is named. */
async function lettersOf({ run }: Workspace) {
  const { groups } = JSON.parse((await run('dlq', 'list', '--json')).stdout);
  const names: string[] = groups.map(({ group }: { group: string }) => group);
  const second = names[1] ?? 'none';
  const { letters } = JSON.parse((await run('dlq', 'show', second, '--json')).stdout);
  const inGroup = (command: string): string => {
    const group = command.includes('--letter')
      ? second
      : command.includes('resolve')
        ? names.pop()
        : names[0];
    return command
      .replace(/\bGROUP\b/, group ?? 'none')
      .replace('--letter ID', `--letter ${letters[0].letter_id}`);
  };
  return { inGroup };
}

/** A daemon of its own, until it listens. */
async function begun(command: string, from: string): Promise<Ran> {
  const { dir, start } = workspace({ HOOK_SECRET: 'between-us-and-them' });
  furnish(dir, builtCli());
  writeFileSync(join(dir, 'notifications.yaml'), readFileSync(join(from, 'notifications.yaml')));
  const [, options = ''] = /serve(.*?)&?$/.exec(command.replace(/--port \d+/, '')) ?? [];
  const served = start('serve', ...options.trim().split(/\s+/).filter(Boolean), '--port', '0');
  await Promise.race([until(() => served.stderr().includes('serving '), command), served.done]);
  served.child.kill('SIGTERM');
  const { code, stderr } = await served.done;
  return { code: stderr.includes('serving ') ? 0 : code, said: stderr };
}

/** What goes on at the same time beside the two worlds: one, as a machine has two cores. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const next = turn.then(act, act);
  turn = next;
  return next;
}

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
