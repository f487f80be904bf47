import { renderLetterGroup, renderLetterGroups } from '../../../../lib/cli/render/letters';
import type { LetterGroupView, LetterView } from '../../../../lib/contract/letters';

const said = 'exit status 1\n\nAssertionError: expected 42 but got 41';
const parked = '2026-11-30T10:24:13.979Z';
const letter: LetterView = {
  ...{ letter_id: 'l1', kind: 'node', status: 'open', why: 'one attempt is all it has', redriven: 0, said },
  ...{ first_parked_at: parked, parked_at: parked, job_id: 'j1', graph: 'g', node_id: 'totals', attempt: 1 },
};
const view: LetterGroupView = {
  ...{ group: 'g1', kind: 'node', signature: 's1', owner: 'ana', status: 'open', open: 1, said },
  ...{ last_parked_at: parked, oldest_at: parked, letters: [letter], notes: [] },
};

describe('groups of letters', () => {
  it('are shown by the line that says most, and not by how a command exited', () => {
    const { letters: _, notes: __, ...group } = view;
    const lines = renderLetterGroups({ groups: [{ ...group, letters: 1 }] });
    expect(lines).toBe('g1  open       node, 1 of 1 open\n  AssertionError: expected 42 but got 41\n');
  });

  it('are shown by how it exited where nothing else was said', () => {
    const { letters: _, notes: __, ...group } = view;
    const lines = renderLetterGroups({ groups: [{ ...group, letters: 1, said: 'exit status 3\n' }] });
    expect(lines).toContain('\n  exit status 3\n');
  });
});

describe('a group of letters', () => {
  it('says how many are open, and since when', () => {
    expect(renderLetterGroup(view)).toContain(`  open       1, the oldest since ${parked}\n`);
  });

  it('says that none is open once all are resolved, and how often each was redriven', () => {
    const { oldest_at: _, ...rest } = view;
    const resolved = { how: 'retried', by: 'ana', at: parked } as const;
    const last_order: LetterGroupView['last_order'] = {
      ...{ order_id: 'o1', by: 'ana', reason: 'mended', mode: 'canary', per_minute: 60 },
      ...{ sent: 1, left: 0, started_at: parked, ended_at: parked },
    };
    const shown = renderLetterGroup({
      ...{ ...rest, open: 0, status: 'resolved', last_order },
      letters: [{ ...letter, status: 'resolved', redriven: 1, resolved }],
    });
    expect(shown).toContain('  open       0\n');
    expect(shown).toContain('  redrive    the last by ana: 1 letter redriven, 0 left\n');
    expect(shown).toContain('l1  resolved: retried  totals of job j1, attempt 1, redriven 1 time\n');
    expect(shown).not.toContain('undefined');
  });
});
