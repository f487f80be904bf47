import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { newest } from '../../../../lib/core/journal/newest';
import { UPCASTS } from '../../../../lib/core/journal/upcasts';
import { verifyChain } from '../../../../lib/core/journal/verify';
import { version } from '../../../../package.json';
import { type EventShapes, type Shape, takes } from '../../../support/event-shapes/shapes';
import {
  JOURNALS,
  journalOf,
  kindOf,
  readFixture,
  statesOf,
  versionedShapes,
} from '../../../support/journals';

/** A folder for each version: `npm run journal-fixture` writes that of the present one; once released it stays. */
const fixtures = readdirSync(JOURNALS).map(readFixture);
const own = fixtures.find((fixture) => fixture.version === version);
const today = versionedShapes();

/** Events of an earlier version that the code of today would misread, each with what to do. */
function misread(before: EventShapes, now: EventShapes): string[] {
  return Object.entries(before).flatMap(([kind, types]) =>
    Object.entries(types).flatMap(([type, then]) => {
      const event = now[kind]?.[type];
      if (!event) return [`${kind} ${type} is gone: journals have it for ever`];
      if (event.v < then.v) return [`${kind} ${type} was of version ${then.v}, and is of ${event.v}`];
      if (event.v > then.v || takes(event.data, then.data)) return [];
      return [`${kind} ${type} has another shape: add what makes the new one of it to UPCASTS`];
    }),
  );
}

describe('the events of a journal', () => {
  it('are kept as this version writes them: after a change run `npm run journal-fixture`', () => {
    expect(own?.version).toBe(version);
    expect(today).toEqual(own?.shapes);
  });

  it('that have had several shapes are known to the code', () => {
    const known = Object.entries(UPCASTS).flatMap(([kind, types]) =>
      Object.keys(types).map((type) => ({ kind, type, is: today[kind]?.[type] !== undefined })),
    );
    expect(known.filter(({ is }) => !is)).toEqual([]);
    expect(Object.keys(UPCASTS)).toEqual(Object.keys(today));
  });

  describe.each(fixtures)('that version $version wrote', ({ worlds, shapes, states }) => {
    it('can be read by this one', () => {
      expect(misread(shapes, today)).toEqual([]);
    });

    it('are all there, of the shapes that they had then', () => {
      const written = new Set<string>();
      for (const { stream, type, v = 1, data } of worlds.flatMap(({ events }) => events)) {
        const shape = shapes[kindOf(stream)]?.[type];
        expect([type, v]).toEqual([type, shape?.v]);
        expect([type, z.fromJSONSchema(shape?.data as never).safeParse(data).error]).toEqual([
          type,
          undefined,
        ]);
        written.add(`${kindOf(stream)} ${type}`);
      }
      const all = Object.entries(shapes).flatMap(([kind, types]) =>
        Object.keys(types).map((type) => `${kind} ${type}`),
      );
      expect([...written].sort()).toEqual(all.sort());
    });

    it('are of the shapes of today once they are read', () => {
      for (const event of worlds.flatMap(({ events }) => events)) {
        const { stream, type, data } = newest(event);
        const { error } = z.fromJSONSchema(today[kindOf(stream)]?.[type]?.data as never).safeParse(data);
        expect([stream, type, error]).toEqual([stream, type, undefined]);
      }
    });

    it.each(worlds)(
      'verify as they were written, and are folded to what they came to: $name',
      async (world) => {
        const journal = await journalOf(world.events);
        for (const [stream, events] of journal.streams)
          expect(await verifyChain(events, stream)).toEqual({ valid: true, events: events.length });
        expect(await statesOf(world)).toEqual(states[world.name]);
      },
    );
  });
});

describe('an event whose shape is changed', () => {
  const [kind, type] = ['job', 'attempt.lost'] as const;
  const { data } = (today[kind] as EventShapes[string])[type] as { readonly data: Shape };
  const changed = (next: Partial<Shape>, v = 1): EventShapes => ({
    ...today,
    [kind]: { ...today[kind], [type]: { v, data: { ...data, ...next } } },
  });
  const { properties = {}, required = [] } = data;
  const { reason, ...others } = properties;

  it.each<[string, Partial<Shape>]>([
    ['lacks a member', { properties: others, required: required.filter((name) => name !== 'reason') }],
    ['calls a member otherwise', { properties: { ...others, why: reason as Shape } }],
    ['has a member of another type', { properties: { ...others, reason: { type: 'number' } } }],
    ['must have one that it need not have', { required: [...required, 'workerId'] }],
    [
      'must have a new one',
      { properties: { ...properties, run: { type: 'number' } }, required: [...required, 'run'] },
    ],
    ['has fewer words', { properties: { ...properties, cause: { enum: ['workerLost'] } } }],
    ['holds a list', { properties: { ...others, reason: { type: 'array', items: { type: 'string' } } } }],
  ])('and that %s needs a new version', (_, next) => {
    expect(misread(today, changed(next))).toEqual([
      'job attempt.lost has another shape: add what makes the new one of it to UPCASTS',
    ]);
    expect(misread(today, changed(next, 2))).toEqual([]);
  });

  it.each<[string, Partial<Shape>]>([
    ['may have a new member', { properties: { ...properties, run: { type: 'number' } } }],
    ['need not have one that it had to have', { required: required.filter((name) => name !== 'reason') }],
    [
      'has more words',
      { properties: { ...properties, cause: { enum: [...(properties['cause']?.enum ?? []), 'x'] } } },
    ],
    [
      'takes another type as well',
      { properties: { ...others, reason: { anyOf: [{ type: 'number' }, { type: 'string' }] } } },
    ],
  ])('so that it %s can be read as it is', (_, next) => {
    expect(misread(today, changed(next))).toEqual([]);
  });

  it('may not go, nor become one of an earlier version', () => {
    const { [type]: _, ...rest } = today[kind] ?? {};
    expect(misread(today, { ...today, [kind]: rest })).toEqual([
      'job attempt.lost is gone: journals have it for ever',
    ]);
    expect(misread(changed({}, 2), today)).toEqual(['job attempt.lost was of version 2, and is of 1']);
  });
});
