import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGraph, readText, readYaml, writeText } from '../../../lib/cli/files';
import { LIMITS } from '../../../lib/core/limits';
import { temporaryDir } from '../../support/e2e-files';

const dir = temporaryDir();
function file(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}
const graph = 'name: g\nnodes: [{id: a, run: echo café}]\n';

describe('a file that a command reads', () => {
  it('is UTF-8, with a mark before it or without', async () => {
    const plain = await readGraph(file('plain.yaml', graph));
    expect(plain.nodes[0]?.work).toEqual({ kind: 'command', run: 'echo café' });
    expect(await readGraph(file('marked.yaml', `\ufeff${graph}`))).toEqual(plain);
  });

  it.each<[string, Buffer, string]>([
    ['latin1.yaml', Buffer.from(graph, 'latin1'), 'latin1.yaml is not UTF-8 (line 2): save it as UTF-8'],
    [
      'utf16.yaml',
      Buffer.from(`\ufeff${graph}`, 'utf16le'),
      'utf16.yaml is not UTF-8 but UTF-16: save it as UTF-8',
    ],
  ])('is refused in another encoding: %s', async (name, bytes, message) => {
    await expect(readGraph(file(name, bytes))).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: expect.stringContaining(message) },
    });
  });

  it('is refused past its bound, before all of it is read', async () => {
    const large = file('large.yaml', Buffer.alloc(LIMITS.textLength + 1, ' '));
    await expect(readText(large)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
    await expect(readText('/dev/zero')).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
  });

  it('is refused when it is not there, or no file', async () => {
    await expect(readText(join(dir, 'none'))).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: expect.stringContaining('there is no such file') },
    });
    await expect(readText(dir)).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: `cannot read ${dir}: it is a directory, and a file is wanted` },
    });
  });

  it('has the place of what is wrong in it, whatever it is for', async () => {
    await expect(readYaml(file('suites.yaml', 'a: [1'))).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: expect.stringMatching(/^suites\.yaml:1:/) },
    });
    const deep = file('deep.yaml', `a: ${'['.repeat(5_000)}`);
    await expect(readYaml(deep)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('a file that a command writes', () => {
  it.each([
    ['a directory', dir, 'it is a directory, and a file is wanted'],
    [
      'below a directory that is not there',
      join(dir, 'none/out.txt'),
      'the directory that it goes to does not exist',
    ],
    [
      'below a file',
      join(file('plain.txt', ''), 'out.txt'),
      'its path goes through a file, as if that were a directory',
    ],
    ['of no name', '', 'its name is empty'],
    ['of too long a name', join(dir, 'x'.repeat(300)), 'its name is too long'],
  ])('is refused where it is %s', async (_, path, why) => {
    await expect(writeText(path, 'text')).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: `cannot write ${path || '""'}: ${why}` },
    });
  });
});
