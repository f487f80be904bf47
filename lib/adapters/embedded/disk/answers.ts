import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../../../core/model/time';
import type { AnswerStore, EarlierCall, NamedCall } from '../../../core/ports/answers';
import { exists, makeDir, replaceFile } from './durable';
import { entriesOf } from './entries';
import { hasCode } from './has-code';
import type { Layout } from './layout';

const HOUR_MS = 3_600_000;

const keptFile = z.object({
  content: z.string(),
  until: z.number(),
  answer: z.object({ status: z.number(), body: z.string() }),
});

/**
 * Answers in files, one a call, for the one process that holds the directory. What it is answering it knows itself: with the
 * process that mark is gone, and the call may be made again.
 */
export function createFileAnswers({ answers: dir }: Pick<Layout, 'answers'>, clock: Clock): AnswerStore {
  let sweptAt = Number.NEGATIVE_INFINITY;
  const underWay = new Map<string, EarlierCall & { readonly until: number }>();
  /** Now and then, what need not be kept any more is removed. */
  async function sweep(now: number): Promise<void> {
    if (now - sweptAt < HOUR_MS) return;
    sweptAt = now;
    for (const name of await entriesOf(dir)) {
      const path = join(dir, name);
      const kept = read(path);
      if (!kept || kept.until <= now) rmSync(path, { force: true });
    }
  }
  const fileOf = (id: string) => join(dir, `${id}.json`);
  return {
    async claim({ id, content }, { now, until }) {
      const marked = underWay.get(id);
      if (marked && marked.until > now) return { content: marked.content };
      const kept = read(fileOf(id));
      if (kept && kept.until > now) return kept;
      underWay.set(id, { content, until });
      return undefined;
    },
    async keep({ id, content }, answer, until) {
      if (!exists(dir)) await makeDir(dir);
      await replaceFile(fileOf(id), JSON.stringify({ content, until, answer }), { durable: true });
      underWay.delete(id);
      await sweep(clock());
    },
    release: async ({ id }: NamedCall) => void underWay.delete(id),
  };
}

/** @returns undefined for what is not there, or half written by somebody else. */
function read(path: string): z.output<typeof keptFile> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return keptFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
