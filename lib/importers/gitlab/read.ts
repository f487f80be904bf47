import type { ForeignFile } from '../imported';
import type { Located, Tell } from '../located/located';
import { readLocated } from '../located/read';

export interface GitlabFile {
  /** The document before the configuration, which declares its inputs. */
  readonly header: Located | undefined;
  readonly body: Located;
}

/** Reads one file as GitLab does. @throws RepriseError INPUT_INVALID with the place */
export function readGitlabFile(file: ForeignFile, tell: Tell): GitlabFile {
  const [first, second] = readLocated(file, 'where-it-stands', tell);
  return second ? { header: first, body: second } : { header: undefined, body: first! };
}
