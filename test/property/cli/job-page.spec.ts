import fc from 'fast-check';
import type { JobPage } from '../../../lib/cli/job-page';
import { jobHtml } from '../../../lib/cli/render/job-page/page';
import type { Graph } from '../../../lib/core/dag/graph';
import type { Highlight } from '../../../lib/core/projections/highlights';
import type { TestHistory } from '../../../lib/reports/history';
import { graphNode } from '../../support/graphs';

const diagnosis = (text: string) =>
  ({ class: 'assertion', confidence: 0.9, signature: text, by: 'model', why: text }) as const;

const node = (nodeId: string, text: string, over: Partial<Highlight>): Highlight => ({
  ...{ nodeId, requests: [], edits: [], reason: text },
  attempts: [
    {
      ...{ attempt: 1, workerId: text, startedAt: 1_000, endedAt: 2_000, end: 'failed', failure: text },
      diagnosis: diagnosis(text),
      next: { strategy: 'again', delayMs: 10, dueAt: 3_000, why: text },
    },
    { attempt: 2, workerId: text, startedAt: 3_000, endedAt: 4_000, end: 'failed', failure: text },
  ],
  ...over,
});

/** A page of a job of which every text that comes from outside is this one. */
function pageWith(text: string): JobPage {
  const tests: TestHistory[] = (['failed', 'passed'] as const).map((status) => ({
    id: { runner: text, suites: [text], title: text, file: text },
    tries: [{ attempt: 1, status: 'failed', message: text, line: 3 }],
    ...{ status, isFlaky: status === 'passed' },
  }));
  const attempts = [{ attempt: 1, workerId: text, startedAt: 1_000, endedAt: 2_000, end: 'failed' as const }];
  const ids = ['failing', 'helped', 'warned', 'skipped'] as const;
  const graph: Graph = {
    ...{ name: text, onFailure: 'continue' },
    nodes: ids.map((id) => graphNode(id, { when: text, compensate: text })),
  };
  return {
    graph,
    timeline: {
      ...{ jobId: text, traceId: text, name: text, owner: text, pool: text, trigger: text, reason: text },
      ...{ priority: 'normal', submittedAt: 500, latestAt: 5_000, endedAt: 5_000, status: 'failed', seq: 9 },
      nodes: new Map(
        ids.map((nodeId) => [nodeId, { nodeId, attempts, since: 1, outcome: 'failed', endedAt: 2_000 }]),
      ),
    },
    highlights: {
      ...{ status: 'failed', reason: text, durationMs: 4_500 },
      counts: { succeeded: 2, failed: 1, skipped: 1, cancelled: 0 },
      nodes: [
        node('failing', text, { outcome: 'failed', whyNotAgain: text }),
        node('helped', text, { outcome: 'succeeded' }),
        node('warned', text, { outcome: 'succeeded', warning: text }),
        node('skipped', text, { outcome: 'skipped', attempts: [] }),
      ],
    },
    report: {
      ...{ jobId: text, graph: text, owner: text, traceId: text, startedAt: 500, endedAt: 5_000 },
      suites: ids.map((nodeId) => ({ nodeId, outcome: 'failed', durationMs: 1_000, attempts, tests })),
    },
    journal: { events: 9, signedBy: text },
    logs: new Map([['failing.2', { text, isCut: true }]]),
    option: text,
  };
}

/** Tags with the names of their attributes, without what stands in them. */
const markupOf = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/="[^"]*"/g, '')) ?? [];

const HOSTILE = [
  '</pre></style></title><script>alert(1)</script>',
  `"' onmouseover="alert(1)" x='`,
  '<!--',
  '-->',
  ']]><b>',
  '&lt;b&gt;&#60;',
  'javascript:alert(1)',
  '\u202e\u0000\ud800',
  '{{ constructor }}',
];

describe('the page of a job', () => {
  it('is the same markup whatever names, messages and logs say', () => {
    const plain = markupOf(jobHtml(pageWith('x'), 0));
    const text = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc.tuple(fc.constantFrom(...HOSTILE), fc.constantFrom(...HOSTILE)).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        text.filter((each) => each.trim() !== ''),
        (each) => expect(markupOf(jobHtml(pageWith(each), 0))).toEqual(plain),
      ),
      { numRuns: 100 },
    );
  });

  it('loads nothing and runs nothing', () => {
    const html = jobHtml(pageWith('https://example.com/a.png'), 0);
    expect(html).not.toMatch(/<(script|img|link|iframe|object|form|base)\b|\son\w+=|url\((?!#)|@import/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, to]) => to?.startsWith('#'))).toBe(true);
  });

  it('names for every class of failure what to do next, and lists of a large job what needs a look', () => {
    const page = pageWith('x');
    const [first] = page.report.suites;
    const many = Array.from({ length: 3_000 }, (_, i) => ({
      ...{ ...first, nodeId: `n${i}`, durationMs: 5, tests: [] },
      outcome: i === 2_500 ? ('failed' as const) : ('succeeded' as const),
      attempts: [],
    }));
    const html = jobHtml({ ...page, report: { ...page.report, suites: many } }, 0);
    expect(html).toContain('What to do next.');
    expect(html).toContain('n2500');
    expect(html).not.toContain('n2499');
    expect(html).toContain('2999 more nodes are not listed');
  });
});
