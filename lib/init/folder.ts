/** A folder that a first graph is made of. */
export interface Folder {
  /** Its name, for that of the graph where nothing else says one. */
  readonly name: string;
  /** Paths of its files from here, with `/`, in order; without what tools make (`node_modules`, `target` and the like). */
  readonly files: readonly string[];
  /** The text of a file; undefined for one that is not there, or is no text. */
  readonly read: (path: string) => string | undefined;
}

/** Files of a folder whose path matches. */
export function filesLike(folder: Folder, pattern: RegExp): readonly string[] {
  return folder.files.filter((file) => pattern.test(file));
}

/** The folder of a path: empty for the one that we stand in. */
export function dirOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path within a folder. */
export function within(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}
