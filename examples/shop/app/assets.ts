import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Written by the build: the hashed file of each source file. */
export interface Manifest {
  readonly files: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly hash: string;
}

export interface Assets {
  readonly directory: string;
  readonly manifest: Manifest;
}

export function readAssets(directory: string): Assets {
  try {
    return { directory, manifest: JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) };
  } catch (cause) {
    const fix = 'build it first: node --import tsx examples/shop/steps/build.ts';
    throw new Error(`the client is not built in ${directory}; ${fix}`, { cause });
  }
}
