export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** The text directly inside, with entities resolved. */
  readonly text: string;
}

interface OpenElement {
  name: string;
  attributes: Record<string, string>;
  children: OpenElement[];
  text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The root element of an XML document as test runners write them: elements, attributes, text, CDATA, comments.
 * No document types, so no entity can expand into more than a character. O(length).
 */
export function parseXml(xml: string): Element {
  const top: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(xml);
    if (!token) throw new Error(`not XML at character ${at}: ${JSON.stringify(xml.slice(at, at + 30))}`);
    const [, cdata, closing, opening, attributes = '', selfClosing, text] = token;
    const parent = open[open.length - 1]!;
    if (cdata !== undefined) parent.text += cdata;
    else if (text !== undefined) parent.text += unescapeXml(text);
    else if (closing !== undefined) {
      if (parent.name !== closing) throw new Error(`</${closing}> closes <${parent.name}>`);
      open.pop();
    } else if (opening !== undefined) {
      const element = { name: opening, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  const root = top.children[0];
  if (open.length > 1) throw new Error(`<${open[open.length - 1]!.name}> is never closed`);
  if (!root) throw new Error('there is no element');
  return root;
}

export function escapeXml(text: string): string {
  const escaped = text.replace(/[<>&"']/g, (character) => {
    const name = Object.keys(ENTITIES).find((key) => ENTITIES[key] === character);
    return `&${name};`;
  });
  // Control characters, such as terminal colours, have no place in XML 1.0, escaped or not.
  return [...escaped].filter((c) => c >= ' ' || c === '\n' || c === '\t').join('');
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal));
  });
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => [
      name,
      unescapeXml(double ?? single ?? ''),
    ]),
  );
}
