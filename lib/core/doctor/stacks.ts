/** Names of the stacks of an environment. */
export function stacksOf(environment: string): {
  readonly data: string;
  readonly engine: string;
  readonly api: string;
} {
  const prefix = `reprise-${environment}`;
  return { data: `${prefix}-data`, engine: `${prefix}-engine`, api: `${prefix}-api` };
}

/** Name of the stack that serves the page; a deployment is whole without it. */
export const pageStackOf = (environment: string): string => `reprise-${environment}-page`;
