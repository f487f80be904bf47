/** What a worker knows of secrets. Values stay where it is asked: only names are journalled or sent. */
export interface Secrets {
  /**
   * The value of a secret, as it is at this time.
   * @throws RepriseError SECRET_NOT_FOUND with the ways to give it; UPSTREAM_UNAVAILABLE when it is kept elsewhere, and
   *   that does not answer.
   */
  readonly resolve: (name: string) => Promise<string>;
}
