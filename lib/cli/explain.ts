import type { Command } from 'commander';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createJobClient } from '../adapters/http/job-client';
import { nodeNotFound } from '../api/explain-node';
import { explanationBody } from '../api/views/explanation';
import type { NodeExplanation } from '../contract/explanations';
import type { JobEvent } from '../core/job/events';
import { jobAt, streamOf } from '../core/messages/address';
import { createExplanation } from '../core/projections/explanation';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { layoutAt, parseJobId } from './options';
import { print } from './print';
import { explanationText } from './render/explanation';
import { colorsFor } from './render/style';

type Options = ConnectOptions & { readonly json?: boolean };

/** `reprise explain JOB NODE`: why this delay, why there, why not again. */
export function registerExplain(program: Command): void {
  withConnection(program.command('explain'))
    .description('say why a node was tried again when and where it was, and why it was not tried again')
    .argument('<job>', 'the id of the job', parseJobId)
    .argument('<node>', 'the id of the node')
    .option('--json', 'print one JSON document')
    .action(explain);
}

async function explain(jobId: string, nodeId: string, options: Options): Promise<void> {
  const explanation =
    options.api === undefined
      ? await fromJournal(options.journal, jobId, nodeId)
      : await askBy(createJobClient, options, (client) => client.explain(jobId, nodeId));
  print(options, explanation, () => explanationText(explanation, colorsFor(process.stdout)));
}

/** A journal can be read while another process writes it. */
async function fromJournal(dir: string, jobId: string, nodeId: string): Promise<NodeExplanation> {
  const layout = layoutAt(dir);
  await assertFound(layout, jobId);
  const journal = createFileJournalStore(layout);
  const explanation = createExplanation(nodeId);
  let isKnown = false;
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    const { type, data } = event as JobEvent;
    if (type === 'job.submitted' || type === 'job.replanned') {
      const { nodes } = await createFileGraphStore(layout.graphs).get(data.graphHash);
      isKnown ||= nodes.some(({ id }) => id === nodeId);
    }
    isKnown ||= 'nodeId' in data && data.nodeId === nodeId;
    explanation.apply(event);
  }
  if (!isKnown) throw nodeNotFound(jobId, nodeId);
  return explanationBody(jobId, nodeId, explanation.result());
}
