declare module 'parse-prometheus-text-format' {
  /** @returns families of metrics as plain JSON. @throws where the text is none of the format. */
  export default function parsePrometheusTextFormat(text: string): unknown;
}
