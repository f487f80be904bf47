import { Webhook } from 'standardwebhooks';
import { commitStatus } from '../../../../../lib/core/notify/render/commit-status';
import { mailOf } from '../../../../../lib/core/notify/render/mail';
import { slackMessage } from '../../../../../lib/core/notify/render/slack';
import { signedHeaders, webhookBody } from '../../../../../lib/core/notify/render/webhook';
import { notice } from '../../../../support/target-driver';

const one = (more: Parameters<typeof notice>[1] = {}) => ({ notices: [notice('a', more)], more: 0 });
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Block {
  readonly type: string;
  readonly text?: { readonly type: string; readonly text: string };
  readonly fields?: readonly { readonly text: string }[];
}

describe('a message to Slack', () => {
  it('takes what others wrote for text and for no mention, link or markup of ours', () => {
    const message = slackMessage(one({ title: 'a <!channel> & b', text: '<https://evil.example|click>' }));
    expect(message['text']).toContain('a &lt;!channel&gt; &amp; b');
    expect(JSON.stringify((message['blocks'] as Block[]).slice(1))).not.toMatch(/<!channel>|<https:/);
    // The header is plain text, in which nothing is read.
    expect((message['blocks'] as Block[])[0]?.text).toMatchObject({
      type: 'plain_text',
      text: 'a <!channel> & b',
    });
  });

  it('keeps the limits of its blocks, whatever it is told', () => {
    const facts = Array.from({ length: 12 }, (_, i) => ({ name: `n${i}`, value: '<'.repeat(300) }));
    const long = { title: '\u{1F600}'.repeat(100), text: '&'.repeat(1_000), facts };
    for (const content of [one(long), { notices: Array(50).fill(notice('a', long)), more: 1_000 }]) {
      const blocks = slackMessage(content)['blocks'] as Block[];
      expect(blocks.length).toBeLessThanOrEqual(50);
      for (const { type, text, fields = [] } of blocks) {
        expect(text?.text.length ?? 1).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000);
        expect(fields.length).toBeLessThanOrEqual(10);
        for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000);
      }
    }
  });

  it('of many notices lists the first and counts the rest', () => {
    const notices = Array.from({ length: 25 }, (_, i) => notice(`n${i}`));
    const text = JSON.stringify(slackMessage({ notices, more: 3 }));
    expect(text).toContain('28 notices');
    expect(text).toContain('and 8 more');
  });

  it('says how to take an alert up', () => {
    const alert = { target: 'oncall', id: 'job/j/9' };
    expect(JSON.stringify(slackMessage(one({ alert })))).toContain('reprise notify ack oncall job/j/9');
  });
});

describe('a webhook', () => {
  it('is one event, which any library of Standard Webhooks finds to be signed', () => {
    const body = webhookBody(one({ owner: 'ana', jobId: 'j', detail: { jobId: 'j' } }));
    const headers = signedHeaders(SECRET, { id: 'msg_1', at: Date.now(), body });
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
      type: 'orchestration.execution.failed',
      timestamp: '2026-06-01T12:00:00.000Z',
      data: { id: 'a', severity: 'warning', owner: 'ana', job_id: 'j', event: { jobId: 'j' } },
    });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow('No matching signature');
  });

  it('of many notices is a digest of them', () => {
    const body = webhookBody({ notices: [notice('a'), notice('b', { severity: 'critical' })], more: 5 });
    expect(JSON.parse(body)).toMatchObject({
      type: 'reprise.digest',
      data: { severity: 'critical', more: 5, notices: [{ data: { id: 'a' } }, { data: { id: 'b' } }] },
    });
  });

  it.each(['', 'whsec_', 'c2hvcnQ=', 'not base64 at all!', Buffer.alloc(65).toString('base64')])(
    'is not signed with %j, and says how to make a secret',
    (secret) => {
      const sign = () => signedHeaders(secret, { id: 'm', at: 0, body: '{}' });
      expect(sign).toThrow('openssl rand -base64 32');
    },
  );
});

describe('the status of a commit', () => {
  const of = (type: string, more: object = {}) =>
    commitStatus(
      notice('a', { type, jobId: 'j', graph: 'shop', commit: 'c0ffee', ...more }),
      'reprise/{graph}',
    );

  it.each([
    ['orchestration.execution.started', 'pending'],
    ['orchestration.execution.completed', 'success'],
    ['orchestration.execution.failed', 'failure'],
    ['orchestration.execution.cancelled', 'error'],
  ])('follows %s as %s', (type, state) => {
    expect(of(type)).toMatchObject({ commit: 'c0ffee', body: { state, context: 'reprise/shop' } });
  });

  it('has a description of 140 characters at most, and the address of the job', () => {
    const text = `A job ended. Nodes: ${'9 succeeded, '.repeat(30)}.`;
    const status = of('orchestration.execution.failed', { text, link: 'https://ci.example/j' });
    expect(status?.body['description']).toHaveLength(140);
    expect(status?.body['target_url']).toBe('https://ci.example/j');
  });

  it('is not given by what is no execution', () => {
    expect(of('orchestration.node.failure')).toBeUndefined();
  });
});

describe('an email', () => {
  it('is text, and its subject is a line', () => {
    const { subject, text } = mailOf(
      one({ facts: [{ name: 'jobId', value: 'j' }], link: 'https://ci.example/j' }),
    );
    expect(subject).toBe('[reprise warning] title of a');
    expect(text).toContain('jobId  j');
    expect(text).toContain('https://ci.example/j');
  });
});
