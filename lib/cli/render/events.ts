import * as z from 'zod';
import { EVENT_TYPES, type EventTypeName, eventTypeNames } from '../../core/messages/event-types';
import { EVENT_SOURCE, OWNER_FIELD, VERSION_FIELD } from '../../core/messages/public-event';

/** One line a type: its name, version, severity and when it is published. */
export function renderEventTypes(): string {
  const width = Math.max(...eventTypeNames.map(({ length }) => length));
  return eventTypeNames
    .map((type) => {
      const { version, severity, when } = EVENT_TYPES[type];
      return `${type.padEnd(width)}  ${version}  ${severity.padEnd('critical'.length)}  ${when}\n`;
    })
    .join('');
}

/** docs/events.md. */
export function eventReference(): string {
  return [PREFACE, overview(), ...eventTypeNames.map(section)].join('\n');
}

const PREFACE = `# Events

What the engine publishes: on AWS to the bus of EventBridge, in the daemon to its triggers and notifications. This page is
made by \`reprise events reference\`, and a test holds it equal to the code.

An event has \`source\` \`${EVENT_SOURCE}\` and its type in \`detail-type\`. In \`detail\` every event has:

| field | type | what it says |
| --- | --- | --- |
| \`id\` | string | names the event; the same at a repeat, for events are published at least once |
| \`at\` | date-time | when it happened, with milliseconds; \`time\` of the bus has none |
| \`${OWNER_FIELD}\` | string | whose it is; empty where it is for administrators |
| \`${VERSION_FIELD}\` | number | the version of the schema that \`detail\` follows |

A version gets more fields and loses none: read past what you do not know. A field that goes, or gets another type or
meaning, raises the version.

\`reprise events schemas\` prints all schemas as JSON Schema draft 4, \`--format OpenApi3\` in the other format that the schema
registry of EventBridge takes, \`--out DIR\` writes a file each:

\`\`\`sh needs-aws
reprise events schemas --format OpenApi3 --out schemas
aws schemas create-registry --registry-name reprise
for file in schemas/*.json; do
  aws schemas create-schema --registry-name reprise --type OpenApi3 \\
    --schema-name "$(basename "$file" .json)" --content "file://$file"
done
\`\`\`

Severity and topic are what [notifications.md](notifications.md) goes by. \`orchestration.job.requested\`, which asks for a
job, is not published by the engine: [triggers.md](triggers.md) has it.
`;

function overview(): string {
  const rows = eventTypeNames.map((type) => {
    const { version, topic, severity, when } = EVENT_TYPES[type];
    return `| [\`${type}\`](#${anchor(type)}) | ${version} | ${topic} | ${severity} | ${when} |`;
  });
  return [
    '| type | version | topic | severity | when |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** As GitHub makes it of a heading. */
const anchor = (heading: string): string => heading.toLowerCase().replace(/[^a-z0-9_-]/g, '');

function section(type: EventTypeName): string {
  const { version, when, detail } = EVENT_TYPES[type];
  const { properties = {}, required = [] } = z.toJSONSchema(detail, { io: 'input' }) as JsonSchema;
  const rows = Object.entries(properties).map(([field, schema]) => {
    const optional = required.includes(field) ? '' : '?';
    return `| \`${field}\`${optional} | ${typeOf(schema)} | ${schema.description ?? ''} |`;
  });
  const table = ['| field | type | what it says |', '| --- | --- | --- |', ...rows];
  return [`## ${type}`, '', `${when} Version ${version}.`, '', ...table, ''].join('\n');
}

interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
}

function typeOf({
  type,
  enum: values,
  const: only,
  items,
  properties,
  additionalProperties,
}: JsonSchema): string {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (only !== undefined) return `\`${only}\``;
  if (items) return `list of ${typeOf(items)}`;
  if (properties && Object.keys(properties).length > 0)
    return `\`{ ${Object.keys(properties).join(', ')} }\``;
  if (typeof additionalProperties === 'object' && additionalProperties.type)
    return `${typeOf(additionalProperties)} by name`;
  return type ?? 'any';
}
