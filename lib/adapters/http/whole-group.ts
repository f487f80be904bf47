import type { LetterGroupView } from '../../contract/letters';

/** A group with all of its letters, page by page: of the group, what it was last; of its letters, all pages. */
export async function wholeGroup(
  pageFrom: (letter: string | undefined) => Promise<LetterGroupView>,
): Promise<LetterGroupView> {
  const letters: LetterGroupView['letters'] = [];
  for (let from: string | undefined; ; ) {
    const { next_letters: next, ...group } = await pageFrom(from);
    letters.push(...group.letters);
    if (next === undefined) return { ...group, letters };
    from = next;
  }
}
