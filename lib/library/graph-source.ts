/** A graph as YAML or JSON text, or as the document that such a text says. */
export type GraphSource = string | object;
