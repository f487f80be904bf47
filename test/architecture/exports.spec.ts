import { readFileSync } from 'node:fs';
import { type Export, exportsOf, importsOf, sources } from './sources';

const files = sources('bin', 'lib', 'lambdas');
const taken = new Set(
  sources('bin', 'lib', 'lambdas', 'test', 'bench', 'scripts')
    .flatMap((file) => importsOf(file))
    .flatMap(({ target, names }) => names.map((name) => `${target} ${name}`)),
);

/** Lambda itself calls the handlers, and programs of others the client. */
const isCalledFromOutside = ({ file, name }: Export) =>
  (name === 'handler' && file.endsWith('/handler.ts')) || file === 'lib/client/index.ts';

const isTaken = ({ file, name }: Export) => taken.has(`${file} ${name}`) || taken.has(`${file} *`);

function isUsedAtHome({ file, name }: Export): boolean {
  const mentions = readFileSync(file, 'utf8').match(new RegExp(`\\b${name}\\b`, 'g')) ?? [];
  return mentions.length > 1;
}

describe('an export', () => {
  const loose = files
    .flatMap((file) => exportsOf(file))
    .filter((exported) => !isTaken(exported) && !isCalledFromOutside(exported));

  it('is used by somebody, and that of a value outside of its file', () => {
    // A type may be exported for what another export takes or gives.
    const faults = loose.filter((exported) => !exported.isType || !isUsedAtHome(exported));
    expect(faults.map(({ file, line, name }) => `${file}:${line} exports ${name}`)).toEqual([]);
  });
});
