import { shellWord } from '../core/dag/shell/word';
import type { Folder } from './folder';

/** How the tool that installs packages runs what they bring. */
export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** What installs the packages, as a CI system does it. */
  readonly install: string;
  /** Runs a script of the package here, or of a workspace. */
  readonly script: (name: string, workspace?: Workspace) => string;
  /** What stands in front of a program of a package. */
  readonly exec: string;
}

export interface Workspace {
  readonly name: string;
  /** Its folder. */
  readonly dir: string;
}

/** By the lock file that lies here, else npm. */
export function packageManagerOf({ files }: Folder): PackageManager {
  const has = (name: string) => files.includes(name);
  if (has('pnpm-lock.yaml') || has('pnpm-workspace.yaml')) return PNPM;
  if (has('yarn.lock')) return has('.yarnrc.yml') ? { ...YARN, install: 'yarn install --immutable' } : YARN;
  if (has('bun.lock') || has('bun.lockb')) return BUN;
  return { ...NPM, install: has('package-lock.json') ? 'npm ci' : 'npm install' };
}

const NPM: PackageManager = {
  name: 'npm',
  install: 'npm ci',
  script: (name, workspace) =>
    `npm run ${shellWord(name)}${workspace === undefined ? '' : ` --workspace=${shellWord(workspace.dir)}`}`,
  exec: 'npx',
};
const PNPM: PackageManager = {
  name: 'pnpm',
  install: 'pnpm install --frozen-lockfile',
  script: (name, workspace) =>
    `pnpm ${workspace === undefined ? '' : `--filter ${shellWord(`./${workspace.dir}`)} `}run ${shellWord(name)}`,
  exec: 'pnpm exec',
};
const YARN: PackageManager = {
  name: 'yarn',
  install: 'yarn install --frozen-lockfile',
  script: (name, workspace) =>
    workspace === undefined
      ? `yarn run ${shellWord(name)}`
      : `yarn workspace ${shellWord(workspace.name)} run ${shellWord(name)}`,
  exec: 'yarn exec',
};
const BUN: PackageManager = {
  name: 'bun',
  install: 'bun install --frozen-lockfile',
  script: (name, workspace) =>
    `bun run ${workspace === undefined ? '' : `--filter ${shellWord(`./${workspace.dir}`)} `}${shellWord(name)}`,
  exec: 'bunx',
};
