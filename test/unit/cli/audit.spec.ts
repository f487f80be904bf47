import type { Command } from 'commander';
import { RECORDED, wordsOf } from '../../../lib/cli/audited';
import { buildProgram } from '../../../lib/cli/commands';
import { auditCsvHeader, auditCsvRow } from '../../../lib/cli/render/audit';
import { auditHtml } from '../../../lib/cli/render/audit-html';
import type { AuditEntry } from '../../../lib/core/audit/list';
import { auditReport, type VerifiedStream } from '../../../lib/core/audit/report';
import type { Recorded } from '../../../lib/core/journal/envelope';

/** Commands that change no journal directory themselves: they read, compile, or ask an engine. */
const NOT_RECORDED = [
  ...['compile', 'simulate', 'graph', 'explain', 'report', 'trace', 'flakes', 'effectiveness', 'classify'],
  ...[
    'chaos',
    'doctor',
    'token',
    'agent',
    'event',
    'export',
    'import',
    'trigger',
    'dependency',
    'queue',
    'audit',
  ],
  ...['journal show', 'journal verify', 'journal export', 'journal replay', 'journal diff', 'journal key'],
  ...[
    'quarantine list',
    'dlq list',
    'dlq show',
    'health',
    'predictions',
    'workers',
    'bottlenecks',
    'capacity',
  ],
  ...['share', 'unshare', 'what-if', 'events', 'notify', 'config show', 'config check', 'config history'],
  ...[
    'retries',
    'recoveries',
    'submit',
    'list',
    'show',
    'watch',
    'logs',
    'annotate',
    'init',
    'profile',
    'completion',
  ],
];

const leaves = (command: Command): string[] =>
  command.commands.length === 0 ? [wordsOf(command)] : command.commands.flatMap(leaves);

const NOON = Date.UTC(2026, 10, 29, 12);
const entry: AuditEntry = {
  ...{ at: NOON, stream: 'audit/2026-11-29', seq: 1, requestId: 'r1', traceId: 't1', principal: 'ana' },
  ...{ source: '192.0.2.7', action: 'POST /jobs', outcome: 'accepted', status: 202 },
};
const scope = { from: NOON, to: NOON + 1 };
const sound: VerifiedStream = { stream: 'job/j', events: 2, anchored: { seq: 2, anchor: 3, at: NOON } };
const page = (entries: readonly AuditEntry[], verified = [sound], events?: readonly Recorded[]) =>
  auditHtml(auditReport(scope, entries, verified, events), NOON);

describe('the commands', () => {
  it('are recorded where they change a journal directory, and each is known to do so or not', async () => {
    const all = (await buildProgram()).commands.flatMap(leaves);
    const known = (words: string) =>
      RECORDED[words] === true || NOT_RECORDED.some((each) => words === each || words.startsWith(`${each} `));
    expect(all.filter((words) => !known(words))).toEqual([]);
    expect(Object.keys(RECORDED).filter((words) => !all.includes(words))).toEqual([]);
  });
});

describe('the page of a report', () => {
  it('takes no text of anybody for markup, and has no script and nothing from elsewhere', () => {
    const evil = '<script>alert(1)</script><img src=x onerror=y>"\'&';
    const step = {
      ...{ stream: 'job/j', seq: 1, at: NOON, type: 'job.cancelled', data: { reason: evil } },
      ...{
        actor: { kind: 'user' as const, id: evil },
        causeId: '',
        correlationId: '',
        traceId: '',
        prev: '',
        hash: '',
      },
    } as const;
    const texts = {
      principal: evil,
      resource: evil,
      owner: `${evil}2`,
      reason: evil,
      source: evil,
      scope: evil,
    };
    const html = page(
      [{ ...entry, ...texts, correlationId: evil, code: evil }],
      [{ ...sound, fault: evil }],
      [step],
    );
    expect(html).not.toMatch(/<(script|img)/);
    expect(html.match(/&#60;script&#62;/g)?.length).toBeGreaterThanOrEqual(8);
    expect(html).not.toMatch(/<[^>]*\s(href|src)=|url\(|@import/);
    expect(html).toContain("default-src 'none'");
  });

  it('says at its head whether what it shows can be trusted', () => {
    expect(page([entry])).toContain('Valid and anchored.');
    expect(page([entry], [{ ...sound, events: 3 }])).toContain('1 with events that no anchor has yet');
    expect(page([entry], [{ ...sound, fault: 'event 2: x' }])).toContain('Not valid.');
    expect(page([entry], [])).toContain('Not verified.');
  });

  it('counts a record that stands for several as so many', () => {
    const refused = { ...entry, outcome: 'refused' as const, status: 403, times: 40, unwritten: 2 };
    const report = auditReport(scope, [entry, refused], []);
    expect(report).toMatchObject({ outcomes: { accepted: 1, refused: 40, failed: 0 }, unwritten: 2 });
    expect(report.principals).toEqual([{ name: 'ana', calls: 41, refused: 40 }]);
  });
});

describe('the table of a list', () => {
  it('quotes what has commas, and makes no formula of anything', () => {
    const row = auditCsvRow({ ...entry, principal: '=HYPERLINK("x")', reason: 'a, "b"' });
    expect(row.split(',')[1]).toBe(`"'=HYPERLINK(""x"")"`);
    expect(row).toContain('"a, ""b"""');
    expect(auditCsvHeader().split(',')).toHaveLength(18);
  });
});
