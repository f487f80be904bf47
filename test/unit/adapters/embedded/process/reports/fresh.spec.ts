import { mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReport, readFresh } from '../../../../../../lib/adapters/embedded/process/reports/fresh';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-fresh-'));
  path = join(dir, 'r.xml');
  writeFileSync(path, '<testsuites/>');
  utimesSync(path, 100, 100);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const now = { startedAt: 100_000, left: 1_000, uid: undefined };

describe('a file where a report will be', () => {
  it('is read when it is as young as its attempt', () => {
    expect(String(readFresh(path, now))).toBe('<testsuites/>');
    expect(readFresh(path, { ...now, startedAt: 100_100 })).toBe('old');
  });

  it('is not read when it is a link, a directory, larger than what is left, or gone', () => {
    const link = join(dir, 'link');
    symlinkSync(path, link);
    truncateSync(path, 2_000);
    utimesSync(path, 100, 100);
    expect([link, dir, join(dir, 'gone')].map((each) => readFresh(each, now))).toEqual(['old', 'old', 'old']);
    expect(readFresh(path, now)).toBe('large');
  });

  it('is not read when it belongs to somebody else than commands run as', () => {
    const uid = process.getuid?.() ?? 0;
    expect(String(readFresh(path, { ...now, uid }))).toBe('<testsuites/>');
    expect(readFresh(path, { ...now, uid: uid + 1 })).toBe('old');
  });

  it.each([
    ['<testsuite/>', true],
    ['{"testResults": [], "numTotalTests": 0}', true],
    ['<project/>', false],
    ['', false],
    ['{"name": "shop"}', false],
  ])('is a report by what is in it: %j', (text, is) => {
    writeFileSync(path, text);
    expect(isReport(path)).toBe(is);
  });
});
