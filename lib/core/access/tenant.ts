/**
 * The name under which everything of a user of a tenant is kept, so that users of two tenants never have the same. No tenant
 * has a `/` in its name: it ends at the first one.
 */
export const nameInTenant = (tenant: string, subject: string): string => `${tenant}/${subject}`;

/** The tenant in such a name; empty, where there is none. */
export const tenantOf = (user: string): string => user.slice(0, Math.max(0, user.indexOf('/')));
