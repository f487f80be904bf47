import { RepriseError } from '../../../../lib/core/errors';
import type { PublicEvent } from '../../../../lib/core/messages/public-event';
import { fanOut } from '../../../../lib/core/notify/fan-out';
import { parseNotifications } from '../../../../lib/core/notify/rules';

const FILE = `
targets:
  team: { type: slack, url: { env: SLACK_URL } }
  on-call: { type: webhook, url: https://hooks.example/oncall, secret: { env: HOOK_SECRET } }
  team-lead: { type: email, from: reprise@ci.example, to: [lead@ci.example] }
  commits: { type: github, repository: acme/shop, token: { env: GITHUB_TOKEN } }
jobLink: https://ci.example/jobs/{jobId}
rules:
  - name: failures
    events: [orchestration.execution.failed]
    labels: { branch: [main, release] }
    targets: [team]
    digest: { above: 5, within: 10m }
  - name: critical
    severity: critical
    targets: [on-call, team]
    escalation: alert
  - name: statuses
    events: [orchestration.execution.*]
    targets: [commits]
`;
const CONFIG = parseNotifications(FILE, 'notifications.yaml');

const failed: PublicEvent = {
  id: 'job/j1/9',
  type: 'orchestration.execution.failed',
  at: 1_700_000_000_000,
  owner: 'ana',
  detail: { jobId: 'j1', name: 'shop', status: 'failed', outcomes: { succeeded: 3, failed: 1 } },
};
const SHA = 'c0ffee'.padEnd(40, '0');

function complaintsOf(text: string): string[] {
  try {
    parseNotifications(text, 'n.yaml');
  } catch (error) {
    if (error instanceof RepriseError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('rules of notifications', () => {
  it('say who is told of an event, each target once', () => {
    const told = fanOut(CONFIG, failed, { branch: 'main', commit: SHA });
    expect(told.map(({ target, telling }) => [target, telling.rule])).toEqual([
      ['team', 'failures'],
      ['commits', 'statuses'],
    ]);
    expect(told[0]?.notice).toMatchObject({
      title: 'execution failed: shop (j1)',
      text: 'A job ended, and failed. Nodes: 3 succeeded, 1 failed.',
      link: 'https://ci.example/jobs/j1',
      ...{ owner: 'ana', graph: 'shop', outcome: 'failed' },
    });
    expect(told[1]?.notice.commit).toBe(SHA);
  });

  it.each([
    ['a label of another value', { branch: 'feature' }],
    ['no such label', {}],
  ])('do not match a job with %s', (_, parameters) => {
    expect(fanOut(CONFIG, failed, parameters)).toEqual([]);
  });

  it('escalate as the alert of the event says, to the targets of these names', () => {
    const event = {
      ...failed,
      type: 'orchestration.recovery.failed',
      detail: {
        ...{ jobId: 'j1', name: 'shop', nodeId: 'unit', recoveryId: 'r1' },
        alert: {
          ...{ message: 'Manual intervention required', description: 'Recovery of unit failed: gone' },
          escalation: [
            { notify: 'on-call', afterMinutes: 0 },
            { notify: 'team-lead', afterMinutes: 15 },
            { notify: 'engineering-manager', afterMinutes: 60 },
          ],
        },
      },
    };
    const [onCall, team] = fanOut(CONFIG, event);
    expect(onCall).toMatchObject({
      target: 'on-call',
      notice: {
        title: 'Manual intervention required: unit of shop (j1)',
        alert: { target: 'on-call', id: 'job/j1/9' },
      },
      telling: { escalation: [{ target: 'team-lead', afterMs: 900_000 }] },
    });
    expect(team?.telling.escalation).toBeUndefined();
  });

  it('tell nobody of an event that only a later version knows', () => {
    expect(fanOut(CONFIG, { ...failed, type: 'orchestration.moon.risen' })).toEqual([]);
  });

  it('leave out what is large, and keep what names the event', () => {
    const event = {
      ...failed,
      detail: { ...failed.detail, list: Array(10_000).fill('x'), note: 'y'.repeat(999) },
    };
    const notice = fanOut(CONFIG, event, { branch: 'main' })[0]?.notice;
    expect(notice?.detail).toMatchObject({ jobId: 'j1', name: 'shop' });
    expect(JSON.stringify(notice).length).toBeLessThan(4_000);
  });
});

describe('a file of rules', () => {
  it.each([
    [
      'a target that is not there',
      'targets: { a: { type: slack, url: { env: S } } }\nrules: [{ name: r, targets: [b] }]',
      'n.yaml:2:30 rules[0].targets[0]: there is no target b: there are a',
    ],
    [
      'a secret in place of where it is',
      'targets:\n  a:\n    type: slack\n    url: https://hooks.slack.com/services/T/B/x\nrules: []',
      'n.yaml:4:10 targets.a.url: must say where the secret is: {env: VARIABLE} or {arn: ARN}, and never what it is',
    ],
    [
      'a type of event that is not there',
      'targets: { a: { type: slack, url: { env: S } } }\nrules: [{ name: r, targets: [a], events: [orchestration.job.failed] }]',
      'rules[0].events[0]: is no type of event',
    ],
    [
      'a time zone that is none',
      'targets: { a: { type: slack, url: { env: S } } }\nrules: [{ name: r, targets: [a], quietHours: { timezone: Berlin, from: "22:00", to: "07:00" } }]',
      'quietHours.timezone: must be a time zone such as Europe/Berlin',
    ],
    [
      'a duration that is none',
      'targets: { a: { type: slack, url: { env: S } } }\nrules: [{ name: r, targets: [a], dedupe: soon }]',
      'rules[0].dedupe: must be a duration such as 30s, 10m or 2h, 168h at most',
    ],
    ['a key that is unknown', 'targets: {}\nrules: []\nrule: []', 'unknown key "rule"'],
    [
      'two rules of one name',
      'targets: { a: { type: slack, url: { env: S } } }\nrules: [{ name: r, targets: [a] }, { name: r, targets: [a] }]',
      'r is the name of an earlier rule',
    ],
    ['what is no YAML', 'targets: [', 'n.yaml:1'],
  ])('is refused for %s, with the place and the mend', (_, text, complaint) => {
    expect(complaintsOf(text).join('\n')).toContain(complaint);
  });
});
