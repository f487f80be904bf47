import { join } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { makeDirs } from '../adapters/embedded/disk/make-dirs';
import { SCHEMA_FORMATS, type SchemaFormat, schemaDocument, schemaName } from '../core/messages/event-schema';
import { EVENT_TYPES, type EventTypeName, eventTypeNames } from '../core/messages/event-types';
import { writeText } from './files';
import { print } from './print';
import { eventReference, renderEventTypes } from './render/events';

interface SchemaOptions {
  readonly format: SchemaFormat;
  readonly out?: string;
  readonly json?: boolean;
}

/** `reprise events ...`: what the engine publishes, and how it looks. */
export function registerEvents(program: Command): void {
  const events = program.command('events').description('say what events the engine publishes');
  events
    .command('list')
    .description('list the types of events, each with its version and severity')
    .option('--json', 'print one JSON document')
    .action(({ json }: { readonly json?: boolean }) => {
      print({ json }, { types: listed() }, () => renderEventTypes());
    });
  events
    .command('schemas')
    .description('print the schemas of events, as the schema registry of EventBridge takes them')
    .addArgument(
      new Argument('[type]', 'of one type, such as orchestration.execution.failed').choices(eventTypeNames),
    )
    .addOption(
      new Option('--format <format>', 'of the documents').choices(SCHEMA_FORMATS).default(SCHEMA_FORMATS[0]),
    )
    .option('--out <dir>', 'write a file a type, and print their paths')
    .option('--json', 'print one JSON document, as it does in any case but with --out')
    .action((type: EventTypeName | undefined, options: SchemaOptions) => schemas(type, options));
  events
    .command('reference')
    .description('print the reference page of events, in Markdown')
    .action(() => void process.stdout.write(eventReference()));
}

function listed() {
  return eventTypeNames.map((type) => {
    const { version, topic, severity, when } = EVENT_TYPES[type];
    return { type, version, topic, severity, when };
  });
}

/** One type is its document; all of them are a document by name. */
async function schemas(type: EventTypeName | undefined, { format, out, json }: SchemaOptions): Promise<void> {
  const types = type === undefined ? eventTypeNames : [type];
  if (out === undefined) {
    const all = Object.fromEntries(types.map((each) => [schemaName(each), schemaDocument(each, format)]));
    const document = type === undefined ? all : schemaDocument(type, format);
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  makeDirs(out);
  const files: string[] = [];
  for (const each of types) {
    const path = join(out, `${schemaName(each)}.json`);
    await writeText(path, `${JSON.stringify(schemaDocument(each, format), undefined, 2)}\n`);
    files.push(path);
  }
  print({ json }, { files }, () => files.map((path) => `${path}\n`).join(''));
}
