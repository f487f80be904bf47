import * as z from 'zod';
import { isMapping } from '../core/dag/check/outline';
import { readForeign, refusal } from '../importers/foreign';
import { type Folder, within } from './folder';

const names = z.record(z.string(), z.string()).catch({});
const packageSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  scripts: names,
  dependencies: names,
  devDependencies: names,
  jest: z.looseObject({}).optional().catch(undefined),
  workspaces: z
    .union([z.array(z.string()), z.looseObject({ packages: z.array(z.string()) })])
    .optional()
    .catch(undefined),
});

/** What a `package.json` says, as far as it matters here; what it says wrongly, it does not say. */
export type PackageJson = z.infer<typeof packageSchema>;

/** Undefined where there is none. @throws RepriseError INPUT_INVALID with the place of what is no JSON */
export function packageIn(folder: Folder, dir: string): PackageJson | undefined {
  const source = within(dir, 'package.json');
  const text = folder.read(source);
  if (text === undefined) return undefined;
  const { value, locate } = readForeign({ text, source });
  if (!isMapping(value)) throw refusal([], 'is no object of JSON', { source, locate });
  return packageSchema.parse({ scripts: {}, dependencies: {}, devDependencies: {}, ...value });
}

/** Folders of the workspaces that a root package names, and `pnpm-workspace.yaml`. */
export function workspacesOf(folder: Folder, { workspaces }: PackageJson): readonly string[] {
  const globs = [
    ...(Array.isArray(workspaces) ? workspaces : (workspaces?.packages ?? [])),
    ...pnpmWorkspaces(folder),
  ];
  const isNamed = (dir: string) => {
    const isIn = (glob: string) => patternOf(glob.replace(/^!/, '')).test(dir);
    return (
      globs.some((glob) => !glob.startsWith('!') && isIn(glob)) &&
      !globs.some((glob) => glob.startsWith('!') && isIn(glob))
    );
  };
  return folder.files.flatMap((file) => {
    const dir = file.endsWith('/package.json') ? file.slice(0, -'/package.json'.length) : undefined;
    return dir !== undefined && isNamed(dir) ? [dir] : [];
  });
}

function pnpmWorkspaces(folder: Folder): readonly string[] {
  const source = 'pnpm-workspace.yaml';
  const text = folder.read(source);
  if (text === undefined) return [];
  const schema = z.looseObject({ packages: z.array(z.string()) });
  try {
    const parsed = schema.safeParse(readForeign({ text, source }).value);
    return parsed.success ? parsed.data.packages : [];
  } catch {
    return [];
  }
}

/** A glob of folders: `*` is a part of one name, `**` any folders. */
function patternOf(glob: string): RegExp {
  const text = glob
    .replace(/^\.\//, '')
    .replace(/\/+$/, '')
    .split(/(\*\*\/?|\*)/)
    .map((part) => {
      if (part.startsWith('**')) return '(?:.*)';
      return part === '*' ? '[^/]*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${text}$`);
}
