import { readFileSync } from 'node:fs';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { RECORDED, recordOf } from './support/recorded';

describe.each(ENVIRONMENT_NAMES)('what is deployed of %s', (name) => {
  it('is what was recorded: `npm run templates` records it anew, and the diff is to be read', () => {
    expect(recordOf(name).split('\n')).toEqual(readFileSync(`${RECORDED}/${name}.txt`, 'utf8').split('\n'));
  });
});
