/** A part of a text after its tags are put in: known, read from a variable where the command runs, or neither. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly source: string }
  /** `jsonata`: conditions can read it, from what the node `of` hands on where there is one. */
  | { readonly kind: 'unknown'; readonly source: string; readonly jsonata?: string; readonly of?: string };

/** What a tag stands for; undefined where that is known to Argo only. @param path such as `inputs.parameters.x` */
export type Resolve = (path: string) => readonly Part[] | undefined;

const TAG = /\{\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\}/g;

/**
 * Puts tags into a text: `{{inputs.parameters.x}}`, and of expressions (`{{=...}}`) those that are one name.
 * @see https://argo-workflows.readthedocs.io/en/latest/variables/
 */
export function fill(text: string, resolve: Resolve): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(TAG)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    const path = pathOf(match[1]!);
    parts.push(...((path && resolve(path)) || [{ kind: 'unknown' as const, source: match[0] }]));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return joined(parts);
}

/** The text, where all of it is known. */
export function knownText(parts: readonly Part[]): string | undefined {
  if (parts.length === 0) return '';
  const [only] = parts;
  return parts.length === 1 && only?.kind === 'text' ? only.text : undefined;
}

export function textPart(value: unknown): Part[] {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text === '' ? [] : [{ kind: 'text', text }];
}

/** `inputs.parameters['a-b']` as `inputs.parameters.a-b`; undefined for anything that is more than a name. */
function pathOf(tag: string): string | undefined {
  const text = tag.trim().replace(/^=\s*/, '');
  const path = text.replace(/\[(['"])([\w-]+)\1\]/g, '.$2');
  return /^[\w-]+(\.[\w-]+)*$/.test(path) ? path : undefined;
}

function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      result[result.length - 1] = { kind: 'text', text: last.text + part.text };
    } else result.push(part);
  }
  return result;
}
