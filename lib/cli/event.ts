import type { Command } from 'commander';
import { ulid } from 'ulid';
import { createTriggerClient } from '../adapters/http/trigger-client';
import { type PutEventResponse, putEventRequest } from '../contract/events';
import { RepriseError } from '../core/errors';
import { parseForeign, readForeign } from '../importers/foreign';
import { type ConnectOptions, printedBy, withConnection } from './connect';
import { readText, sourceOf } from './files';

type Options = ConnectOptions & { readonly json?: boolean };

const print = printedBy(createTriggerClient);

/** `reprise event FILE`: an event for the bus of a daemon. */
export function registerEvent(program: Command): void {
  withConnection(program.command('event'))
    .description('send an event to the daemon: triggers that ask for it start their jobs')
    .argument('<file>', 'the event, YAML or JSON: source, detail-type, detail; - reads standard input')
    .option('--json', 'print one JSON document')
    .action(sendEvent);
}

async function sendEvent(file: string, options: Options): Promise<void> {
  if (options.api !== undefined) {
    const message =
      '--api: a deployed engine takes events from its bus: put them there with PutEvents (`aws events put-events`)';
    throw new RepriseError('INPUT_INVALID', message);
  }
  const event = await readEvent(file);
  await print(options, (client) => client.putEvent({ ...event, id: event.id ?? ulid() }), render);
}

async function readEvent(file: string) {
  const source = sourceOf(file);
  const { value, locate } = readForeign({ text: await readText(file), source });
  return parseForeign(putEventRequest, value, { source, locate });
}

function render({ id, triggers, job_id }: PutEventResponse): string {
  if (job_id !== undefined) return `job ${job_id}\n`;
  if (triggers.length === 0) return `event ${id}: no trigger asks for it\n`;
  return `event ${id} went to ${triggers.join(', ')}\n`;
}
