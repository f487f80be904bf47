import {
  misfitOf,
  SCHEMA_FORMATS,
  schemaDocument,
  schemaName,
} from '../../../../lib/core/messages/event-schema';
import { EVENT_TYPES, eventTypeNames } from '../../../../lib/core/messages/event-types';

const failure = {
  id: 'pool/p/7',
  type: 'orchestration.node.failure',
  at: 1_700_000_000_123,
  detail: { pool: 'p', workerId: 'w', status: 'lost', reason: 'silent for 30 s' },
};

/** Every key of a document, whatever it stands in. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...keysOf(each)]);
}

/** Values under every `key` of a document. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    ...(name === key ? [each] : []),
    ...valuesOf(each, key),
  ]);
}

describe('an event that is published', () => {
  it('fits its schema', () => {
    expect(misfitOf(failure)).toBeUndefined();
  });

  it.each([
    [
      'of an unknown type',
      { ...failure, type: 'orchestration.node.fail' },
      'is not described in EVENT_TYPES',
    ],
    ['with a field of another type', { ...failure, detail: { ...failure.detail, pool: 7 } }, '→ at pool'],
    ['without a field', { ...failure, detail: { ...failure.detail, reason: undefined } }, '→ at reason'],
    [
      'with a field that nobody described',
      { ...failure, detail: { ...failure.detail, x: 1 } },
      'x is not described',
    ],
  ])('%s does not', (_, event, why) => {
    expect(misfitOf(event)).toContain(why);
  });
});

describe('the schema of an event', () => {
  it('has the version that its events carry, and the type and source that rules match', () => {
    const { properties } = schemaDocument('orchestration.node.failure', 'JSONSchemaDraft4') as {
      properties: Record<string, { enum?: unknown[]; properties?: Record<string, unknown> }>;
    };
    expect(properties['detail-type']?.enum).toEqual(['orchestration.node.failure']);
    expect(properties['source']?.enum).toEqual(['reprise']);
    expect(properties['detail']?.properties?.['reprise_version']).toMatchObject({ enum: [1] });
    expect(schemaName('orchestration.node.failure')).toBe('reprise@orchestration.node.failure');
  });

  it.each(eventTypeNames)('%s says when it is published and what each version is', (type) => {
    const { version, when } = EVENT_TYPES[type];
    expect(when).toMatch(/^[A-Z].*\.$/s);
    expect(version).toBeGreaterThanOrEqual(1);
  });

  it.each(SCHEMA_FORMATS)('in %s uses no word that the format does not have', (format) => {
    for (const type of eventTypeNames) {
      const document = schemaDocument(type, format);
      const keys = new Set(keysOf(document));
      for (const later of ['const', '$defs', 'propertyNames', 'if', 'contains', 'examples', 'prefixItems'])
        expect([type, later, keys.has(later)]).toEqual([type, later, false]);
      // Both formats know it as a flag beside `minimum`.
      for (const value of valuesOf(document, 'exclusiveMinimum')) expect(typeof value).toBe('boolean');
    }
  });

  it('leaves room for what later versions of the engine add', () => {
    for (const type of eventTypeNames)
      expect(valuesOf(schemaDocument(type, 'JSONSchemaDraft4'), 'additionalProperties')).not.toContain(false);
  });

  it('is named in OpenApi3 as the tools of the registry look for it', () => {
    expect(schemaDocument('orchestration.letter.parked', 'OpenApi3')).toMatchObject({
      openapi: '3.0.0',
      components: {
        schemas: {
          AWSEvent: {
            'x-amazon-events-detail-type': 'orchestration.letter.parked',
            'x-amazon-events-source': 'reprise',
          },
        },
      },
    });
  });
});
