import type { GroupState } from '../dlq/state';
import { jobAt, letterAt } from '../messages/address';
import { letterGroup } from '../messages/letter';
import type { ReadOnly } from '../model/read-only';
import type { StreamReader } from '../ports/streams';

/** Jobs of which a letter of the group is not resolved: what redrives it needs their journals. */
export function jobsAwaiting({ letters }: ReadOnly<GroupState>): ReadonlySet<string> {
  const unresolved = [...letters.values()].filter(({ status }) => status !== 'resolved');
  return new Set(unresolved.flatMap(({ jobId }) => jobId ?? []));
}

/** Whether a letter of a node or of a step of the job is not resolved. */
export async function hasLetters(reader: StreamReader, jobId: string): Promise<boolean> {
  const { state } = await reader.view(jobAt(jobId));
  const owner = state.submitted?.owner ?? '';
  const signatures = new Set(
    state.nodes.flatMap(({ letters = [], stepLetter }) => [...letters, ...(stepLetter ? [stepLetter] : [])]),
  );
  for (const signature of signatures) {
    const group = await reader.view(letterAt(letterGroup(owner, signature)));
    if (jobsAwaiting(group.state).has(jobId)) return true;
  }
  return false;
}
