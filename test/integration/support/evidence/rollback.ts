import type { JobView } from '../../../../lib/contract/jobs';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { type Api, isOver, submit, waitForJob } from '../api';
import { COMPLETED, failedWith, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;

/** `test` fails. */
const GRAPH = {
  name: 'rolled-back',
  onFailure: 'rollback',
  nodes: [
    { id: 'database', run: 'create', compensate: 'drop', timeout: '60s' },
    { id: 'deploy', run: 'up', compensate: 'down', timeout: '60s', needs: ['database'] },
    { id: 'test', run: 'test', timeout: '60s', needs: ['deploy'] },
  ],
};

/** What a job did is undone, on the local cloud: by its graph, and once more on request where that failed. */
export function ofRollback(of: () => Deployed): void {
  let worker: ScriptedWorker;
  let owner: Api;
  beforeAll(async () => {
    ({ worker } = of());
    owner = await of().local.as('tester', SCOPES.jobs);
  });

  describe('a deployed engine that rolls a job back', () => {
    let id: string;

    it('undoes what succeeded, last first, and names what it could not undo', async () => {
      const ran: string[] = [];
      worker.follow(({ node_id, work }) => {
        const undoes = work.kind === 'command' && work.compensates !== undefined;
        ran.push(`${undoes ? 'undo ' : ''}${node_id}`);
        if (undoes ? node_id === 'database' : node_id === 'test') return failedWith('no');
        return COMPLETED;
      });
      id = await submit(owner, GRAPH);
      const over = await waitForJob(owner, id, isOver, PATIENCE_MS);
      expect(over).toMatchObject({
        status: 'failed',
        rollback: { status: 'completed', reason: 'node test failed', steps: 2, undone: 1, parked: 1 },
        nodes: {
          database: { status: 'succeeded', attempts: 1, rollback: 'parked' },
          deploy: { status: 'succeeded', attempts: 1, rollback: 'undone' },
        },
      });
      // What is handed out twice is the same attempt.
      expect([...new Set(ran)]).toEqual(['database', 'deploy', 'test', 'undo deploy', 'undo database']);
    }, 200_000);

    it('undoes the rest of a job that is over when a person asks for it', async () => {
      worker.follow(() => COMPLETED);
      expect((await owner.post(`/jobs/${id}/rollback`, { reason: 'mended' })).status).toBe(202);
      const isDone = ({ status, rollback }: JobView) =>
        status === 'failed' && rollback?.parked === 0 && rollback.undone === 1;
      const over = await waitForJob(owner, id, isDone, PATIENCE_MS);
      expect(over.nodes['database']).toMatchObject({ attempts: 1, rollback: 'undone' });
    }, 200_000);
  });
}
