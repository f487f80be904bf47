import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { classify, diagnose, type Evidence } from '../lib/core/retry/classify/diagnose';
import { readCorpus } from '../scripts/classifier-corpus';
import { ratioTable, sideBySide } from './measure';

const MESSAGES = 10_000;
const TURNS = 7;

/** Messages of the corpus, each time with another number at its end: the command line from its start, and the core alone. */
export async function benchClassify(): Promise<void> {
  const corpus = readCorpus();
  const messages = Array.from({ length: MESSAGES }, (_, i) => `${corpus[i % corpus.length]!.message} ${i}`);
  const dir = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  const cli = builtInto(dir);
  const lines = messages.map((message, i) => JSON.stringify({ id: String(i), message }));
  writeFileSync(join(dir, 'all.jsonl'), lines.join('\n'));
  writeFileSync(join(dir, 'one.jsonl'), lines[0]!);
  const command = (file: string) => {
    const out = execFileSync(process.execPath, [cli, 'classify', join(dir, file), '--json'], {
      maxBuffer: 2 ** 26,
    });
    const { results } = JSON.parse(out.toString()) as { results: unknown[] };
    if (results.length === 0) throw new Error('nothing was classified');
  };
  const timings = await sideBySide(
    [
      { name: `reprise classify, ${MESSAGES} messages`, run: () => command('all.jsonl') },
      { name: 'reprise classify, one message', run: () => command('one.jsonl') },
      { name: `classify, ${MESSAGES} messages`, run: () => each(messages, classify) },
      { name: `diagnose, ${MESSAGES} messages`, run: () => each(messages, diagnose) },
    ],
    TURNS,
  );
  rmSync(dir, { recursive: true });
  console.log(`\n### ${MESSAGES} messages of failures\n`);
  console.log(ratioTable(timings, `reprise classify, ${MESSAGES} messages`));
}

function each(messages: readonly string[], run: (evidence: Evidence) => unknown): void {
  for (const message of messages) run({ message });
}

/** As it is deployed: bundled. */
function builtInto(dir: string): string {
  for (const sources of ['bin', 'lib']) symlinkSync(resolve(sources), join(dir, sources));
  execFileSync(process.execPath, [resolve('scripts/build.mjs')], { cwd: dir, stdio: 'pipe' });
  return join(dir, 'dist', 'reprise.js');
}
