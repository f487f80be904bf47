import type { Recorded } from '../../lib/core/journal/envelope';
import { triggerAt } from '../../lib/core/messages/address';
import type { Submission } from '../../lib/core/messages/job';
import type { Submissions } from '../../lib/core/ports/effects';
import type { JournalStore } from '../../lib/core/ports/stores';
import type { StreamAsker } from '../../lib/core/ports/streams';
import { definition } from '../support/trigger-driver';

export interface SubmissionsSetup {
  readonly submissions: Submissions;
  /** Of an engine that performs what triggers require. */
  readonly streams: StreamAsker;
  /** Of jobs and triggers. */
  readonly journal: Pick<JournalStore, 'read'>;
  /** Of a graph that is there. */
  readonly graphHash: string;
  /** Fails after a while, naming what it waited for. */
  readonly until: (condition: () => Promise<boolean>, what: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const TRIGGER = { id: 't', name: 'nightly' };
const as = (id: string) => ({ id, actor: { kind: 'user', id: 'ana' } as const });

/** What everybody keeps to who submits jobs on behalf of triggers. */
export function describeSubmissions(name: string, setup: () => Promise<SubmissionsSetup>): void {
  describe(`submissions: ${name}`, () => {
    let world: SubmissionsSetup;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close());

    const submission = (over: Partial<Submission> = {}): Submission => ({
      ...{ graphHash: world.graphHash, owner: 'ana', priority: 'high', pool: 'default', trigger: TRIGGER },
      ...over,
    });

    async function journalOf(stream: string): Promise<Recorded[]> {
      const events: Recorded[] = [];
      for await (const event of world.journal.read(stream)) events.push(event);
      return events;
    }

    /** The first event of this type in a stream, once there. */
    async function recorded(stream: string, type: string): Promise<Recorded> {
      const find = async () => (await journalOf(stream)).find((event) => event.type === type);
      await world.until(async () => (await find()) !== undefined, `${type} of ${stream}`);
      return (await find()) as Recorded;
    }

    /** A trigger that is fired. Its job is of this graph. */
    async function fire(graphHash: string): Promise<string> {
      const to = triggerAt('t');
      const set = { type: 'set' as const, owner: 'ana', definition: definition({ job: { graphHash } }) };
      await world.streams.ask({ to, message: set }, as('set'));
      await world.streams.ask({ to, message: { type: 'fire', requestId: 'r1' } }, as('fire'));
      const { data } = await recorded('trigger/t', 'trigger.fired');
      return (data as { jobId: string }).jobId;
    }

    it('makes a job under its id of what was submitted, and records which trigger asked', async () => {
      await world.submissions.submit('j', submission({ parameters: { commit: 'abc' } }), 'trigger/t/2');
      const event = await recorded('job/j', 'job.submitted');
      expect(event.data).toMatchObject({ ...submission(), parameters: { commit: 'abc' } });
      expect(event).toMatchObject({ seq: 1, actor: { kind: 'engine', id: 'trigger/t' } });
    });

    it('makes one job of a submission that is repeated', async () => {
      for (let i = 0; i < 3; i++) await world.submissions.submit('j', submission(), 'trigger/t/2');
      await world.submissions.submit('k', submission(), 'trigger/t/3');
      await recorded('job/k', 'job.submitted');
      const events = await journalOf('job/j');
      expect(events.filter(({ type }) => type === 'job.submitted')).toHaveLength(1);
    });

    it('makes the job of a trigger that fires', async () => {
      const jobId = await fire(world.graphHash);
      const { data } = await recorded(`job/${jobId}`, 'job.submitted');
      expect(data).toMatchObject({ graphHash: world.graphHash, owner: 'ana', trigger: TRIGGER });
    });

    it('makes no job that can never run, and tells the trigger that asked for it why', async () => {
      const jobId = await fire('0'.repeat(64));
      const { data } = await recorded('trigger/t', 'trigger.jobRefused');
      expect(data).toMatchObject({ jobId, reason: expect.stringMatching(/graph/) });
      expect(await journalOf(`job/${jobId}`)).toEqual([]);
    });
  });
}
