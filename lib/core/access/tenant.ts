/** The tenant of a user whose name is that of a tenant, a `/`, and their own. No tenant has a `/` in its name. */
export const tenantOf = (user: string): string => user.slice(0, Math.max(0, user.indexOf('/')));
