import { XMLParser } from 'fast-xml-parser';
import { LIMITS } from '../core/limits';
import { unreadable } from './json';

/** An element of a report: its attributes, what stands in it in order. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** What of its text is directly in it. */
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Numbers of characters are among these.
  htmlEntities: true,
  maxNestedTags: LIMITS.nesting,
});

type Node = Readonly<Record<string, unknown>>;

/** @throws RepriseError INPUT_INVALID for what is not well-formed, or brings its own entities. */
export function readXml(text: string, what: string): Element {
  // No report has one, and it is what multiplies text.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw unreadable(what, 'it has a document type');
  const nodes = parsed(text, what);
  const [root] = nodes.filter((node) => !Object.keys(node).some((name) => name.startsWith('?')));
  if (!root) throw unreadable(what, 'it is empty');
  return elementOf(root);
}

function parsed(text: string, what: string): readonly Node[] {
  try {
    return parser.parse(text, true) as readonly Node[];
  } catch (error) {
    throw unreadable(what, (error as Error).message);
  }
}

function elementOf(node: Node): Element {
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const content = (node[name] ?? []) as readonly Node[];
  return {
    name,
    attributes: (node[':@'] ?? {}) as Readonly<Record<string, string>>,
    children: content.filter((child) => !('#text' in child)).map(elementOf),
    text: content.map((child) => child['#text'] ?? '').join(''),
  };
}
