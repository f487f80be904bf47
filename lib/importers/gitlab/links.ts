import { refuse, settingOf, shown, type Tell } from '../located/located';
import type { Job } from './config';
import { startIn } from './fate';
import { type Instances, idsOf } from './instances';
import type { Instance } from './job';
import { isMeant, type Need } from './needs';
import type { Scheduled } from './schedule';

/** A node of which what it needs is filled in when all are there. */
type Draft = { -readonly [K in keyof Scheduled]: Scheduled[K] };

interface Context {
  readonly isPartial: boolean;
  readonly tellOf: (node?: string) => Tell;
}

/**
 * The nodes with what they need.
 * @throws RepriseError INPUT_INVALID for a need that is not in the pipeline
 */
export function linked(all: Instances, context: Context): Map<Instance, Scheduled> {
  const plays = createPlays();
  const drafts = new Map(
    all.nodes.map((instance) => [instance, draftOf(instance, plays, context.tellOf(instance.id))]),
  );
  const byJob = new Map<Job, Instance[]>();
  for (const instance of all.nodes) byJob.set(instance.job, [...(byJob.get(instance.job) ?? []), instance]);
  const byName = new Map(all.jobs.map((job) => [job.name, job]));
  const targets = (job: Job, needs: readonly Need[], seen: ReadonlySet<Job>): Scheduled[] =>
    needs.flatMap((need) => {
      const target = byName.get(need.job);
      const found =
        (target && byJob.get(target))?.filter(({ combination }) => isMeant(need, combination.matrix)) ?? [];
      if (target && target.stage > job.stage) {
        throw refuse(need.spot, `${job.name} needs ${need.job}, which is of a later stage`);
      }
      if (found.length > 0) return found.map((instance) => drafts.get(instance)!);
      if (target && all.gone.has(target)) return through(target, seen);
      absent(job, need, target, context);
      return [];
    });
  /** What a job that is no node waited for. */
  const through = (gone: Job, seen: ReadonlySet<Job>): Scheduled[] => {
    if (seen.has(gone)) return [];
    const needs = all.needs.get(gone);
    if (needs) return targets(gone, needs, new Set([...seen, gone]));
    return all.nodes.filter(({ job }) => job.stage < gone.stage).map((instance) => drafts.get(instance)!);
  };
  for (const [instance, draft] of drafts) {
    const needs = all.needs.get(instance.job);
    if (needs) draft.needs = [...new Set(targets(instance.job, needs, new Set()))];
  }
  return drafts;
}

function absent(job: Job, need: Need, target: Job | undefined, { isPartial, tellOf }: Context): void {
  if (need.isOptional) {
    tellOf()('info', need.spot, `${need.job} is not in the pipeline, and is optional`);
    return;
  }
  const message = `${job.name} needs ${need.job}, which ${target ? 'is not in the pipeline under these conditions' : 'does not exist'}`;
  if (target || !isPartial) throw refuse(need.spot, message);
  tellOf()('left-out', need.spot, `${message}: it may stand in a file that was not read`);
}

function draftOf({ id, form, job, fate }: Instance, plays: (id: string) => string, tell: Tell): Draft {
  const play = fate.when === 'manual' ? plays(id) : undefined;
  if (play) {
    const others = fate.allowFailure
      ? 'What comes in later stages does not wait for it'
      : 'What comes after it waits for that';
    tell(
      'changed',
      fate.spot,
      `nobody plays it: it runs in a job with the parameter ${play}=true. ${others}`,
    );
  }
  if (fate.when === 'delayed') {
    const delay = startIn(job.map);
    tell('changed', fate.spot, `it is not delayed${delay ? ` by ${shown(delay)}` : ''}`);
  }
  return {
    id,
    ids: form ? idsOf(id, form) : [id],
    stage: job.stage,
    fate,
    play,
    needs: undefined,
    spot: settingOf(job.map, 'needs')?.spot ?? job.entry.spot,
  };
}

/** Names of parameters, which have no hyphens and must differ in more than case. */
function createPlays(): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const base = `play_${id.replaceAll('-', '_')}`.slice(0, 60);
    let name = base;
    for (let n = 2; taken.has(name.toUpperCase()); n++) name = `${base}_${n}`;
    taken.add(name.toUpperCase());
    return name;
  };
}
