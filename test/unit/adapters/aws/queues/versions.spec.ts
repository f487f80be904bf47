import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { MESSAGE_VERSION, readMessage } from '../../../../../lib/adapters/aws/queues/read-message';
import { type MessageFixture, messagesOfToday, type QueueName, READERS } from '../../../../support/messages';

/** A file for each version: `npm run message-fixture` writes it while the number is new; once released it stays. */
const FOLDER = 'test/fixtures/messages';

const fixtures = readdirSync(FOLDER).map(
  (file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as MessageFixture,
);
/** A version has the queues that there were then. */
const queuesOf = ({ readers }: MessageFixture) =>
  (Object.keys(READERS) as QueueName[]).filter((queue) => queue in readers);

describe('messages of two versions side by side', () => {
  it('are known of every version up to this one', () => {
    const versions = Array.from({ length: MESSAGE_VERSION }, (_, i) => i + 1);
    expect(fixtures.map(({ version }) => version).sort((a, b) => a - b)).toEqual(versions);
  });

  describe.each(fixtures)('of version $version and this one', (fixture) => {
    const queues = queuesOf(fixture);

    it.each(queues)('are read by this one as the earlier one sent them: %s', (queue) => {
      const { sent } = fixture;
      expect(sent[queue].length).toBeGreaterThan(0);
      for (const body of sent[queue]) {
        expect(() => readMessage(READERS[queue], JSON.stringify(body))).not.toThrow();
      }
    });

    it.each(queues)(
      'are read by the earlier one as this one sends them, or wait for its update: %s',
      async (queue) => {
        const earlier = z.fromJSONSchema(fixture.readers[queue] as never);
        const { sent } = await messagesOfToday();
        const unread = sent[queue].filter((body) => {
          try {
            readMessage(earlier, JSON.stringify(body), fixture.version);
            return false;
          } catch (error) {
            return (error as { code?: string }).code !== 'MESSAGE_NEWER';
          }
        });
        expect(unread).toEqual([]);
      },
    );

    it('are told apart from what is none of either', () => {
      for (const queue of queues) {
        const earlier = z.fromJSONSchema(fixture.readers[queue] as never);
        for (const body of [{}, { v: fixture.version, jobId: 'j', message: { type: 'explode' } }]) {
          const text = JSON.stringify(body);
          const invalid = expect.objectContaining({ code: 'INPUT_INVALID' });
          expect(() => readMessage(earlier, text, fixture.version)).toThrow(invalid);
          expect(() => readMessage(READERS[queue], text)).toThrow(invalid);
        }
      }
    });
  });
});
