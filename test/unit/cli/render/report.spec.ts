import type { JobSummary, SummarisedNode } from '../../../../lib/cli/job-summary';
import { githubAnnotations } from '../../../../lib/cli/render/annotations';
import { codeQuality } from '../../../../lib/cli/render/code-quality';
import { summaryMarkdown } from '../../../../lib/cli/render/summary';

const node = (nodeId: string, over: Partial<SummarisedNode> = {}): SummarisedNode => ({
  ...{ nodeId, outcome: 'failed', attempts: [], requests: [], edits: [], failed: [], flaky: [] },
  place: { file: 'ci.graph.yaml', line: 3 },
  ...over,
});

const summary = (nodes: readonly SummarisedNode[], over: Partial<JobSummary> = {}): JobSummary => ({
  ...{ jobId: 'j', graph: 'shop', status: 'failed', durationMs: 4_200, nodes },
  counts: { succeeded: 3, failed: 1, skipped: 0, cancelled: 0 },
  resume: 'reprise resume j',
  ...over,
});

const diagnosis: NonNullable<SummarisedNode['attempts'][number]['diagnosis']> = {
  class: 'assertion',
  confidence: 0.98,
  signature: '0123456789abcdef',
  by: 'rule',
  why: 'says expected | received',
};
const test = (name: string, message = 'expected 1') => ({
  ...{ key: name, name, message },
  place: { file: 'test/cart.spec.ts', line: 12 },
});
const broken = node('unit', {
  attempts: [{ attempt: 1, end: 'failed', failure: 'exit status 1', diagnosis }],
  reason: 'exit status 1',
  whyNotAgain: 'an assertion stays wrong',
  failed: [test('cart › adds')],
});
const flaky = node('e2e', {
  outcome: 'succeeded',
  attempts: [
    {
      ...{ attempt: 1, end: 'failed', failure: 'exit status 1' },
      next: { delayMs: 1_000, dueAt: 0, strategy: 'exponential', why: 'failure 1 of 3 attempts' } as never,
    },
    { attempt: 2, end: 'succeeded' },
  ],
  flaky: [test('login', 'timed out\nat x')],
});

// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
describe('annotations for GitHub', () => {
  it('are errors at the lines of tests that failed, and warnings at those of flaky ones', () => {
    expect(githubAnnotations(summary([broken, flaky]))).toBe(
      '::error file=test/cart.spec.ts,line=12,title=a test of unit failed::cart › adds%0Aexpected 1\n' +
        '::warning file=test/cart.spec.ts,line=12,title=flaky in e2e::login failed, and passed when it ran again: timed out%0Aat x\n',
    );
  });

  it('stand at the node in the graph where no test is known, with class, signature and why not again', () => {
    expect(githubAnnotations(summary([{ ...broken, failed: [] }]))).toBe(
      '::error file=ci.graph.yaml,line=3,title=unit failed::attempt 1: exit status 1 (assertion, signature 0123456789abcdef)%0Anot tried again: an assertion stays wrong\n',
    );
  });

  it('escape data and properties as the runner reads them', () => {
    const odd = { ...test('50%\r\n::error::x', 'a'), place: { file: 'a:b,c%.ts', line: 1 } };
    expect(githubAnnotations(summary([node('n', { failed: [odd] })]))).toBe(
      '::error file=a%3Ab%2Cc%25.ts,line=1,title=a test of n failed::50%25%0D%0A::error::x%0Aa\n',
    );
  });

  it('say in the last of ten how many more there are', () => {
    const many = Array.from({ length: 25 }, (_, i) => test(`t${i}`));
    const lines = githubAnnotations(summary([node('n', { failed: many })]))
      .trim()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe(
      '::error title=16 more::16 more are not annotated, as GitHub shows 10: the summary of the job has them',
    );
  });

  it('tell of known flakes, and of what passed when it was tried again', () => {
    const warned = node('w', { outcome: 'succeeded', warning: 'failed, a known flake of team-cart' });
    const again = { ...flaky, flaky: [] };
    expect(githubAnnotations(summary([warned, again], { status: 'succeeded' }))).toBe(
      '::warning file=ci.graph.yaml,line=3,title=w has a known flake::failed, a known flake of team-cart\n' +
        '::notice file=ci.graph.yaml,line=3,title=e2e passed after 2 attempts::attempt 1: exit status 1; tried again: failure 1 of 3 attempts\n',
    );
  });

  it('are an error where the job did not end, or was cancelled', () => {
    const { status: _, ...open } = summary([]);
    expect(githubAnnotations(open)).toMatch(/^::error title=shop is not over::/);
    expect(githubAnnotations(summary([], { status: 'cancelled', reason: 'SIGTERM' }))).toBe(
      '::error title=shop cancelled::SIGTERM\n',
    );
    expect(githubAnnotations(summary([], { status: 'succeeded' }))).toBe('');
  });
});

describe('a summary in Markdown', () => {
  const markdown = (nodes: readonly SummarisedNode[], limit = 1_000_000) =>
    summaryMarkdown(summary(nodes), limit);

  it('says what failed, where and why, what is flaky and what was tried again', () => {
    const text = markdown([broken, flaky]);
    for (const line of [
      '## ✖ shop failed',
      'nodes: 3 succeeded, 1 failed; 4.2 s; job `j`',
      '1 attempt (`ci.graph.yaml:3`): exit status 1',
      'Why: **assertion**, 98 % sure: says expected \\| received; signature `0123456789abcdef`',
      'Not tried again: an assertion stays wrong',
      '| cart › adds | `test/cart.spec.ts:12` | expected 1 |',
      '- login (`test/cart.spec.ts:12`), in `e2e`: timed out',
      '  - attempt 1 failed: exit status 1; then exponential in 1.0 s: failure 1 of 3 attempts',
      'What did not succeed runs again with `reprise resume j`.',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('lets no name or message be Markdown or HTML', () => {
    const odd = { ...test('a|b `c` <img> *d* [e](f)', '```\n</details>'), place: { file: 'x|y`.ts' } };
    const text = markdown([node('n', { failed: [odd] })]);
    expect(text).toContain('| a\\|b \\`c\\` \\<img\\> \\*d\\* \\[e\\](f) | ``x¦y`.ts`` |');
    expect(text).toContain('````text\n```\n</details>\n````');
  });

  it('ends within its bound, with a line that says what is missing', () => {
    const many = Array.from({ length: 500 }, (_, i) => node(`node-${i}`, { reason: 'ü'.repeat(150) }));
    const text = markdown(many, 20_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(19_000);
    expect(text).toMatch(/cut here, as no more of it would be shown: \d+ parts are left out/);
  });

  it('names fifty failed tests of a node at most, and counts the others', () => {
    const many = Array.from({ length: 53 }, (_, i) => test(`t${i}`));
    const text = markdown([node('n', { failed: many })]);
    expect(text).toContain('| t49 |');
    expect(text).not.toContain('| t50 |');
    expect(text).toContain('3 more failed.');
  });
});

// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
describe('a report of code quality for GitLab', () => {
  it('has an issue for each failed and flaky test, each with a fingerprint of its own that stays', () => {
    const issues = JSON.parse(codeQuality(summary([broken, flaky])));
    expect(issues).toMatchObject([
      {
        description: 'cart › adds failed: expected 1',
        check_name: 'reprise-failed',
        severity: 'major',
        location: { path: 'test/cart.spec.ts', lines: { begin: 12 } },
      },
      { check_name: 'reprise-flaky', severity: 'minor' },
    ]);
    const prints = issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    expect(new Set(prints).size).toBe(2);
    expect(JSON.parse(codeQuality(summary([broken])))[0].fingerprint).toBe(prints[0]);
  });

  it('is an empty list where all is well, and leaves out what lies nowhere in the repository', () => {
    expect(JSON.parse(codeQuality(summary([])))).toEqual([]);
    const { place: _, ...nowhere } = node('n');
    expect(JSON.parse(codeQuality(summary([nowhere])))).toEqual([]);
  });
});
