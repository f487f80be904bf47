import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDir } from './e2e-files';

const PROGRAM = join(process.cwd(), 'node_modules/.bin/gitlab-ci-local');
const JOBS = ['--list-json'];

interface Pipeline {
  readonly jobs: readonly { readonly name: string }[];
  /** What the schema of GitLab says against it, includes and `extends` resolved; else why it could not be read. */
  readonly errors: readonly string[];
}

/** Reads the files of a pipeline, `.gitlab-ci.yml` among them, as gitlab-ci-local does, which holds it against GitLab's own schema. */
export function gitlabPipeline(files: Readonly<Record<string, string>>): Pipeline {
  const cwd = temporaryDir();
  const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });
  git('init', '--quiet');
  // It names a project after its remote, and asks it nothing.
  git('remote', 'add', 'origin', 'https://gitlab.example.com/group/project.git');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  // What is not tracked is not there for an include.
  git('add', '.');
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...JOBS], {
    cwd,
    encoding: 'utf8',
  });
  if (status === 0) return { jobs: JSON.parse(stdout), errors: [] };
  const faults = [...stderr.matchAll(/^\s*• ('.*)$/gm)].map(([, fault]) => fault!);
  return { jobs: [], errors: faults.length > 0 ? faults : [stderr] };
}
