import { readFileSync } from 'node:fs';
import { eventReference, renderEventTypes } from '../../../../lib/cli/render/events';
import { eventTypeNames } from '../../../../lib/core/messages/event-types';

describe('the reference of events', () => {
  it('is docs/events.md: `reprise events reference > docs/events.md` makes it', () => {
    expect(readFileSync('docs/events.md', 'utf8')).toBe(eventReference());
  });

  it('lists a line a type', () => {
    expect(renderEventTypes().trimEnd().split('\n')).toHaveLength(eventTypeNames.length);
  });
});
