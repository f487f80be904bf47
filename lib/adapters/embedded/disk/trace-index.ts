import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { traceNamed, traceOfJob } from '../../../core/model/trace';
import type { TraceIndex, TracePlace } from '../../../core/ports/traces';
import { hasCode } from './has-code';
import { showLate } from './late-requests';
import type { Layout } from './layout';

/** Looks for ids in the journals themselves: reads each of them, as nothing else is kept of them on a machine. */
export function createFileTraceIndex(layout: Layout): TraceIndex {
  const { jobs: job, triggers: trigger, letters: letter, dependencies: dependency } = layout;
  const rooms = Object.entries({ job, trigger, letter, dependency });
  return {
    async places(id) {
      await showLate(layout);
      const found: TracePlace[] = [];
      for (const [kind, dir] of rooms) {
        for (const name of await namesIn(dir)) {
          const seq = await placeIn(join(dir, name, 'journal.jsonl'), kind === 'job' ? name : undefined, id);
          if (seq !== undefined) found.push({ stream: `${kind}/${name}`, seq });
        }
      }
      return found;
    },
  };
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The first event of a journal that carries the id. @param jobId of the journal of a job, which has a trace. */
async function placeIn(path: string, jobId: string | undefined, id: string): Promise<number | undefined> {
  const text = await textOf(path);
  const end = text.indexOf('\n');
  if (end < 0) return undefined;
  const traceId = /"traceId":"([^"]*)"/.exec(text.slice(0, end))?.[1];
  if (jobId !== undefined && traceId !== undefined && isNamed(id, traceId, jobId)) return 1;
  const at = text.indexOf(`"correlationId":"${id}"`);
  return at < 0 ? undefined : text.slice(0, at).split('\n').length;
}

function isNamed(id: string, traceId: string, jobId: string): boolean {
  return traceId === id || traceNamed(id)?.traceId === traceOfJob(traceId, jobId).traceId;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
