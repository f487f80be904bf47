/** What the adapters need of a logger. */
export interface Log {
  readonly info: (message: string, extra: { readonly [key: string]: unknown }) => void;
  readonly warn: (message: string, extra: { readonly [key: string]: unknown }) => void;
  readonly error: (message: string, extra: { readonly [key: string]: unknown }) => void;
}
