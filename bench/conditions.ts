import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { createEvaluatorPool } from '../lib/adapters/evaluator/pool';
import { judge } from '../lib/core/dag/condition/evaluate';
import type { Condition } from '../lib/core/model/judgement';
import { ratioTable, sideBySide } from './measure';

const CONDITIONS = 1_000;
const TURNS = 9;

/**
 * Conditions as most graphs have them, one after the other, in this process and in one of their own; and how long the
 * first one waits for that process.
 */
export async function benchConditions(): Promise<void> {
  const results = {
    build: { status: 'succeeded', attempts: 1, outputs: { changed: 'true', bytes: 12_345 } },
  };
  const small: Condition = { when: "results.build.outputs.changed = 'true'", input: { results } };
  const outputs = { text: 'x'.repeat(16_000) };
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`n${i}`, { status: 'succeeded', attempts: 1, outputs }]),
  );
  const large: Condition = { when: "$count(results.*[status = 'failed']) = 0", input: { results: many } };
  // As it is deployed: bundled, without what runs the sources.
  const script = join(mkdtempSync(join(tmpdir(), 'reprise-bench-')), 'evaluator.js');
  const entryPoints = ['lib/adapters/evaluator/main.ts'];
  buildSync({ entryPoints, outfile: script, bundle: true, platform: 'node', format: 'cjs' });
  const pool = createEvaluatorPool({ script });
  const times = async (condition: Condition, ask: typeof judge) => {
    for (let i = 0; i < CONDITIONS; i++) {
      if ('error' in (await ask(condition))) throw new Error('the condition went wrong');
    }
  };
  const timings = await sideBySide(
    [
      { name: 'in this process', run: () => times(small, judge) },
      { name: 'in a process of their own', run: () => times(small, pool.judge) },
      { name: 'in this process, over 320 kB of results', run: () => times(large, judge) },
      { name: 'in a process of their own, over 320 kB of results', run: () => times(large, pool.judge) },
      {
        name: 'the first one, with the start of the process',
        async run() {
          const fresh = createEvaluatorPool({ script });
          await fresh.judge(small);
          fresh.close();
        },
      },
    ],
    TURNS,
  );
  pool.close();
  rmSync(dirname(script), { recursive: true });
  console.log(`\n### ${CONDITIONS} conditions, one after the other\n`);
  console.log(ratioTable(timings, 'in this process'));
}
