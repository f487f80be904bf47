import { readFileSync } from 'node:fs';
import { accessTable } from '../../../lib/api/access-table';
import { ROUTES } from '../../../lib/api/routes';
import { DEFAULT_QUOTAS } from '../../../lib/core/access/quotas';
import { SCOPES } from '../../../lib/core/access/scopes';

const page = readFileSync('docs/security.md', 'utf8');

describe('docs/security.md', () => {
  it('has the table of access as the routes have it: put what accessTable() gives there', () => {
    expect(page).toContain(accessTable());
  });

  it('names every route once in it, with the scopes that open it', () => {
    const rows = accessTable().split('\n').slice(2);
    expect(rows).toHaveLength(Object.keys(ROUTES).length);
    for (const [i, route] of Object.values(ROUTES).entries()) {
      expect(rows[i]).toContain(`\`${route.name}\``);
      for (const scope of route.scopes) expect(rows[i]).toContain(`\`${scope}\``);
    }
  });

  it.each(Object.values(SCOPES))('says what the scope %s is for', (scope) => {
    expect(page).toContain(`- \`${scope}\``);
  });

  it.each(Object.entries(DEFAULT_QUOTAS))('says of the quota %s that it is %i', (name, value) => {
    expect(page).toMatch(new RegExp(`\\| \`${name}\` \\| ${value.toLocaleString('en')} \\|`));
  });
});
