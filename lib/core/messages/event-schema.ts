import * as z from 'zod';
import { line } from '../model/bounded';
import { EVENT_TYPES, type EventTypeName, isEventType } from './event-types';
import { busEventOf, EVENT_SOURCE, OWNER_FIELD, type PublicEvent, VERSION_FIELD } from './public-event';

/** What EventBridge's registry of schemas takes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html */
export const SCHEMA_FORMATS = ['JSONSchemaDraft4', 'OpenApi3'] as const;
export type SchemaFormat = (typeof SCHEMA_FORMATS)[number];

const name = line(512);

/** `detail` of an event as it stands on the bus. */
function eventDetail(type: EventTypeName) {
  const { detail, version } = EVENT_TYPES[type];
  return z.object({
    id: name.describe('names the event: the same at a repeat'),
    at: z.iso.datetime().describe('when it happened, with milliseconds'),
    [OWNER_FIELD]: name.describe('whose it is; empty where it is for administrators'),
    [VERSION_FIELD]: z.literal(version).describe('version of this schema'),
    ...detail.shape,
  });
}

/** An event as it stands on the bus, in what EventBridge adds and in `detail`. */
function eventSchema(type: EventTypeName) {
  return z.object({
    version: name,
    id: name.describe('of this delivery to the bus: detail.id names the event'),
    'detail-type': z.literal(type),
    source: z.literal(EVENT_SOURCE),
    account: name,
    time: z.iso.datetime(),
    region: name,
    resources: z.array(name).max(100),
    detail: eventDetail(type),
  });
}

/** What the schema of a type is called in a registry, such as `reprise@orchestration.execution.started`. */
export const schemaName = (type: EventTypeName): string => `${EVENT_SOURCE}@${type}`;

/** The schema of an event of this type, as a document that EventBridge's registry takes. It leaves room for fields to come. */
export function schemaDocument(type: EventTypeName, format: SchemaFormat): Readonly<Record<string, unknown>> {
  const { version, when } = EVENT_TYPES[type];
  if (format === 'JSONSchemaDraft4') {
    const { $schema, ...schema } = jsonSchema(eventSchema(type), 'draft-4');
    return { $schema, title: schemaName(type), description: `${when} Version ${version}.`, ...schema };
  }
  return {
    openapi: '3.0.0',
    info: { title: schemaName(type), version: `${version}.0.0`, description: when },
    paths: {},
    components: { schemas: { AWSEvent: awsEvent(type) } },
  };
}

/** By these two members tools tell what a schema of the registry is of. */
function awsEvent(type: EventTypeName): Readonly<Record<string, unknown>> {
  return {
    'x-amazon-events-detail-type': type,
    'x-amazon-events-source': EVENT_SOURCE,
    ...jsonSchema(eventSchema(type), 'openapi-3.0'),
  };
}

const BOUNDS = ['maxLength', 'maxItems', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum'];

/** Bounds are for whoever writes: a reader that was made from the schema shall not refuse what has grown. */
function jsonSchema(schema: z.ZodType, target: 'draft-4' | 'openapi-3.0'): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    ...{ target, io: 'input', unrepresentable: 'throw' },
    override({ jsonSchema: made }) {
      for (const bound of BOUNDS) delete made[bound];
    },
  }) as Record<string, unknown>;
}

const details = new Map<EventTypeName, ReturnType<typeof eventDetail>>();

/** Made once: that takes longer than reading many events by it. */
function detailOf(type: EventTypeName): ReturnType<typeof eventDetail> {
  const known = details.get(type) ?? eventDetail(type);
  details.set(type, known);
  return known;
}

/** How an event is not what its type says, in words; undefined where it is. */
export function misfitOf(event: PublicEvent): string | undefined {
  const { type } = event;
  if (!isEventType(type)) return `${type} is not described in EVENT_TYPES`;
  // As it is read on the other side: what is undefined is not there.
  const { detail } = JSON.parse(JSON.stringify(busEventOf(event))) as { readonly detail: object };
  const schema = detailOf(type);
  const parsed = schema.safeParse(detail);
  if (!parsed.success) return `${type}: ${z.prettifyError(parsed.error)}`;
  const unknown = Object.keys(detail).filter((key) => !Object.hasOwn(schema.shape, key));
  return unknown.length === 0 ? undefined : `${type}: ${unknown.join(', ')} is not described`;
}
