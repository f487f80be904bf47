import { readFileSync } from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { exists } from '../adapters/embedded/disk/durable';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { loadRunRecord } from '../adapters/embedded/disk/run-record';
import type { Locate } from '../core/dag/check/problems';
import { readDocument } from '../core/dag/read/document';
import { testKey, testName } from '../core/history/test-key';
import type { JobEvent } from '../core/job/events';
import { jobAt, streamOf } from '../core/messages/address';
import { present } from '../core/model/present';
import { createHighlights, type Highlight, type Highlights } from '../core/projections/highlights';
import { failureLine } from '../reports/failure-line';
import { ctrf } from '../reports/formats/ctrf';
import { type TestHistory, testsOf } from '../reports/history';

/** A place in a repository: the path from its root, with `/`. */
export interface SourcePlace {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
}

/** A test that failed, to the end or before it passed. */
export interface SummarisedTest {
  readonly key: string;
  readonly name: string;
  readonly place?: SourcePlace;
  /** Of its first failure. */
  readonly message?: string;
}

export interface SummarisedNode extends Highlight {
  /** Where the graph names it, while the file still does. */
  readonly place?: SourcePlace;
  readonly failed: readonly SummarisedTest[];
  readonly flaky: readonly SummarisedTest[];
}

/** What a summary and annotations are made of. */
export interface JobSummary extends Omit<Highlights, 'nodes'> {
  readonly jobId: string;
  /** The name of the graph. */
  readonly graph: string;
  readonly nodes: readonly SummarisedNode[];
  /** The command that goes on with it, where it did not succeed. */
  readonly resume?: string;
}

/**
 * Reads a job of a journal directory; another process may be writing it.
 * @param root of the repository, absolute: places are given from there
 * @throws RepriseError JOB_NOT_FOUND
 */
export async function summariseJob(layout: Layout, jobId: string, root: string): Promise<JobSummary> {
  await assertFound(layout, jobId);
  const { cwd, source } = await loadRunRecord(layout, jobId);
  const highlights = createHighlights();
  const graphs = createFileGraphStore(layout.graphs);
  let graph = '';
  for await (const event of createFileJournalStore(layout).read(streamOf(jobAt(jobId)))) {
    const { type, data } = event as JobEvent;
    if (type === 'job.submitted' || type === 'job.replanned') graph = (await graphs.get(data.graphHash)).name;
    highlights.apply(event);
  }
  const { nodes, ...rest } = highlights.result();
  const placeOf = placesIn(join(cwd, isAbsolute(source) ? relative(cwd, source) : source), root);
  const inRepository = (file: string) => fromRoot(join(cwd, file), root);
  const dir = basename(layout.root) === '.reprise' ? '' : ` --journal ${layout.root}`;
  return {
    ...{ jobId, graph, ...rest },
    nodes: nodes.map((node) => ({
      ...node,
      ...present({ place: placeOf(node.nodeId) }),
      ...testsOfNode(`${layout.reports(jobId)}/${node.nodeId}.ctrf.json`, cwd, inRepository),
    })),
    ...(rest.status === 'succeeded' ? {} : { resume: `reprise resume ${jobId}${dir}` }),
  };
}

/** From the report that all attempts of a node became. Nodes without one, or with one that is damaged, have no tests. */
function testsOfNode(path: string, cwd: string, inRepository: (file: string) => string | undefined) {
  const histories = historiesIn(path, cwd);
  const summarise = ({ id, tries }: TestHistory): SummarisedTest => {
    const failure = tries.find(({ status }) => status === 'failed');
    const message = failure?.message;
    const line = id.file && (failure?.line ?? (message && failureLine(id.file, message)));
    const file = id.file === undefined ? undefined : inRepository(id.file);
    const place = file === undefined ? undefined : { file, ...(line ? { line } : {}) };
    return { key: testKey(id), name: testName(id), ...present({ place, message }) };
  };
  return {
    failed: histories.filter(({ status }) => status === 'failed').map(summarise),
    flaky: histories.filter(({ isFlaky }) => isFlaky).map(summarise),
  };
}

function historiesIn(path: string, cwd: string): readonly TestHistory[] {
  if (!exists(path)) return [];
  try {
    return testsOf(ctrf.read(readFileSync(path, 'utf8'), { runner: '', cwd }));
  } catch {
    return [];
  }
}

/** Places of nodes in the graph's file, by their ids, or the id that a shard, a combination or an item was made of. */
function placesIn(file: string, root: string): (nodeId: string) => SourcePlace | undefined {
  const known = readNodes(file);
  const path = fromRoot(file, root);
  if (!known || path === undefined) return () => undefined;
  return (nodeId) => {
    for (let id = nodeId; id !== ''; id = id.slice(0, Math.max(0, id.lastIndexOf('-')))) {
      const index = known.indexOf.get(id);
      if (index === undefined) continue;
      return { file: path, ...present({ line: known.locate(['nodes', index, 'id'])?.line }) };
    }
    return { file: path };
  };
}

/** The file may have changed, or gone, since the job ran. */
function readNodes(file: string): { indexOf: ReadonlyMap<string, number>; locate: Locate } | undefined {
  try {
    const { value, locate } = readDocument(readFileSync(file, 'utf8'));
    const { nodes } = value as { nodes: readonly { id: string }[] };
    return { indexOf: new Map(nodes.map(({ id }, i) => [id, i])), locate };
  } catch {
    return undefined;
  }
}

/** Undefined for what lies outside of the repository. */
function fromRoot(path: string, root: string): string | undefined {
  const inside = relative(root, path).replaceAll('\\', '/');
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : inside;
}
