import type { CaseJob, GithubCase } from './verdict';

type Random = () => number;

/** A workflow of two to five jobs, with conditions of whatever form, and how its jobs end. */
export function githubCase(random: Random): GithubCase {
  const count = 2 + Math.floor(random() * 4);
  const isCancelled = random() < 0.25;
  const jobs: CaseJob[] = [];
  for (let i = 0; i < count; i++) {
    // Whether a job that is no node ran before or after a cancellation, nobody can tell.
    const mayBeVirtual = !isCancelled && i < count - 1;
    jobs.push(job(i, jobs, random, mayBeVirtual));
  }
  return {
    jobs,
    ...(isCancelled ? { cancelAfter: Math.floor(random() * (count + 1)) } : {}),
    contexts: {
      github: {
        ref: pick(random, ['refs/heads/main', 'refs/tags/v1']),
        event_name: pick(random, ['push', 'schedule']),
      },
      vars: { A: pick(random, ['', '0', '1', 'x']) },
      inputs: { flag: random() < 0.5 },
    },
  };
}

function job(i: number, before: readonly CaseJob[], random: Random, mayBeVirtual: boolean): CaseJob {
  const needs = before.filter((_, n) => random() < (n === i - 1 ? 0.75 : 0.4)).map(({ key }) => key);
  const kind = random();
  const isVirtual = kind < 0.12 && mayBeVirtual;
  const legs = kind > 0.8 ? 2 : 1;
  const hasCondition = random() < (i === 0 ? 0.2 : 0.7);
  return {
    key: `j${i}`,
    needs,
    ...(hasCondition ? { if: condition(needs, random) } : {}),
    ...(isVirtual ? { isVirtual: true as const } : {}),
    ...(random() < 0.12 ? { continueOnError: true as const } : {}),
    ends: Array.from({ length: isVirtual ? 1 : legs }, () => (random() < 0.35 ? 'failure' : 'success')),
    output: legs === 1 && !isVirtual ? pick(random, ['', 'true', 'X', '1', '0']) : '',
  };
}

/** How deep a condition that nobody wrote is. */
const DEPTH = 3;

function condition(needs: readonly string[], random: Random): string {
  const known = IDIOMS[Math.floor(random() * IDIOMS.length * 2)];
  return known?.(needs[0] ?? 'none') ?? test(needs, random, DEPTH);
}

/** What people write. */
const IDIOMS: readonly ((need: string) => string)[] = [
  () => 'always()',
  () => 'failure()',
  () => 'success() || failure()',
  () => '!cancelled()',
  () => '!failure() && !cancelled()',
  () => '!failure()',
  () => 'failure() || cancelled()',
  () => 'cancelled()',
  () => "always() && contains(needs.*.result, 'failure')",
  () => "always() && !contains(needs.*.result, 'failure') && !contains(needs.*.result, 'cancelled')",
  () => "!cancelled() && contains(join(needs.*.result, ','), 'success')",
  (need) => `always() && needs.${need}.result == 'success'`,
  (need) => `always() && needs['${need}'].result != 'skipped'`,
  (need) => `!cancelled() && (needs.${need}.result == 'success' || needs.${need}.result == 'skipped')`,
  (need) => `needs.${need}.outputs.o == 'true'`,
  () => "github.ref == 'refs/heads/main' && github.event_name != 'schedule'",
  () => "always() && contains(toJSON(needs), 'failure')",
];

function test(needs: readonly string[], random: Random, depth: number): string {
  const again = () => test(needs, random, depth - 1);
  const kind = depth <= 0 ? 0 : random();
  if (kind < 0.45) return pick(random, [status, result, result, results, told, output])(needs, random);
  if (kind < 0.65) return `(${again()} && ${again()})`;
  if (kind < 0.85) return `(${again()} || ${again()})`;
  if (kind < 0.95) return `!(${again()})`;
  return `((${again()} && 'a' || 'b') ${pick(random, ['==', '!='])} 'A')`;
}

function status(_: readonly string[], random: Random): string {
  return pick(random, ['always()', 'success()', 'failure()', 'cancelled()', 'Failure()', 'SUCCESS()']);
}

const WORDS = ['success', 'failure', 'cancelled', 'skipped', 'Success', 'none'];

function result(needs: readonly string[], random: Random): string {
  const need = pick(random, [...needs, 'other']);
  const value = pick(random, [`needs.${need}.result`, `needs['${need}'].result`, `Needs.${need}.Result`]);
  const word = `'${pick(random, WORDS)}'`;
  const op = pick(random, ['==', '==', '!=', '<']);
  return random() < 0.8 ? `${value} ${op} ${word}` : `contains(fromJSON('["failure", "skipped"]'), ${value})`;
}

function results(_: readonly string[], random: Random): string {
  const word = `'${pick(random, WORDS)}'`;
  return pick(random, [
    `contains(needs.*.result, ${word})`,
    `contains(join(needs.*.result, ', '), ${word})`,
    `contains(toJSON(needs.*.result), ${word})`,
    `join(needs.*.result) == ${word}`,
    `format('{0}-{{}}', join(needs.*.result)) != 'success-{}'`,
  ]);
}

function told(_: readonly string[], random: Random): string {
  return pick(random, [
    "github.ref == 'refs/heads/MAIN'",
    "startsWith(github.ref, 'refs/tags/')",
    "endsWith(github.ref, '/V1')",
    "github.event_name != 'push'",
    'contains(fromJSON(\'["push"]\'), github.event_name)',
    'vars.A',
    'vars.A == 1',
    "vars.A == ''",
    "'X' == vars.a",
    'inputs.flag',
    'inputs.flag == true',
    '!inputs.flag',
    "format('{0}/{1}', github.event_name, vars.A) == 'push/x'",
    "(github.ref == 'refs/heads/main' && github.event_name || vars.A) == 'push'",
  ]);
}

function output(needs: readonly string[], random: Random): string {
  const need = pick(random, [...needs, 'other']);
  return pick(random, [
    `needs.${need}.outputs.o`,
    `needs.${need}.outputs.o == 'true'`,
    `needs.${need}.outputs.o != 'x'`,
    `needs.${need}.outputs.none == ''`,
    `needs.${need}.outputs.o == 1`,
    `needs.${need}.outputs.o ${pick(random, ['==', '!='])} '0'`,
  ]);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}
