import type { z } from 'zod';
import type { DependencySummary, listDependenciesResponse } from '../../../lib/contract/dependencies';
import type { QueueView } from '../../../lib/contract/queues';
import { get } from '../data/api';
import { ago } from '../data/tell';
import { usePoll } from '../data/use-poll';
import { Empty, Loading, Problem } from '../parts/basics';

const askForQueue = () => get<QueueView>('/queues/default');
const askForDependencies = () => get<z.infer<typeof listDependenciesResponse>>('/dependencies');

export function WorkersPage() {
  const { data, error } = usePoll(askForQueue, 1_500);
  const dependencies = usePoll(askForDependencies, 3_000);
  return (
    <main>
      <header className="bar">
        <h1>Workers</h1>
        {data && (
          <span>
            queue {data.status} · {data.running} jobs run, {data.waiting} wait
          </span>
        )}
      </header>
      <Problem error={error} />
      {!data && !error && <Loading />}
      {data?.workers.map((worker) => (
        <Worker key={worker.worker_id} worker={worker} />
      ))}
      {data?.workers.length === 0 && (
        <Empty title="No worker has registered">
          <p>
            Start one with <code>npx reprise agent</code>: jobs wait until then.
          </p>
        </Empty>
      )}
      <h2>Dependencies</h2>
      <Problem error={dependencies.error} />
      {dependencies.data?.dependencies.length === 0 && <p className="hint">No node has named one yet.</p>}
      {dependencies.data?.dependencies.map((one) => (
        <Dependency key={one.name} dependency={one} />
      ))}
    </main>
  );
}

function Worker({ worker }: { worker: QueueView['workers'][number] }) {
  const { worker_id, status, slots, free_slots, labels, cordon } = worker;
  const used = slots - free_slots;
  return (
    <article className="card">
      <h2>
        {worker_id} <small>{status}</small>
      </h2>
      <meter min={0} max={slots} value={used} aria-label={`slots in use on ${worker_id}`} />
      <p>
        {used} of {slots} slots in use{labels.length > 0 && ` · ${labels.join(', ')}`}
      </p>
      {cordon && <p>Cordoned: {cordon.reason}</p>}
    </article>
  );
}

function Dependency({ dependency }: { dependency: DependencySummary }) {
  const { name, state, since, why, forced } = dependency;
  return (
    <article className={`card ${state}`}>
      <h2>
        {name} <small>{state.replace('_', ' ')}</small>
      </h2>
      <p>
        {state === 'closed' ? 'Work that needs it is handed out.' : 'Work that needs it waits.'}
        {forced && ' A person holds it so.'} {why}
        {since && ` (${ago(since, Date.now())})`}
      </p>
    </article>
  );
}
