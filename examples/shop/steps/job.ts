import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * What a node of the graph knows about itself comes from these variables. By hand they are absent, and the
 * defaults make every step runnable alone.
 */
const { REPRISE_JOB, REPRISE_NODE, REPRISE_ATTEMPT, REPRISE_OUTPUT } = process.env;

export const EXAMPLE = resolve(import.meta.dirname, '..');
const ROOT = resolve(EXAMPLE, '../../.reprise/shop');

/** Kept from job to job: the unpacked browser, the last accepted build, the picture to compare with. */
export const SHARED = join(ROOT, '.shared');
export const JOBS = ROOT;

/** Files of this job only. Jobs that run at the same time do not meet here. */
export function jobDirectory(job = REPRISE_JOB ?? 'by-hand'): string {
  return join(ROOT, job.replace(/[^A-Za-z0-9_-]/g, '-'));
}

export const assetsDirectory = () => join(jobDirectory(), 'public');
export const resultsDirectory = () => join(jobDirectory(), 'results');
export const nodeId = (otherwise: string) => REPRISE_NODE ?? otherwise;
export const attempt = () => Number(REPRISE_ATTEMPT ?? 1);

/** Tells the nodes after this one: conditions read it as `results.<node>.outputs.<name>`. */
export function output(values: Readonly<Record<string, string | number | boolean>>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}:=${JSON.stringify(value)}\n`);
  if (REPRISE_OUTPUT) appendFileSync(REPRISE_OUTPUT, lines.join(''));
}
