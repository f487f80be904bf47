import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Path } from '../../core/dag/check/problems';
import { composeYaml, type ParsedYaml } from '../../core/dag/read/yaml';
import { LIMITS } from '../../core/limits';
import { asInputInvalid, refusal } from '../foreign';
import type { ForeignFile } from '../imported';
import type { Entry, Located, LocatedMap, Spot, Tell } from './located';
import { refuse, sizeOf } from './located';
import { readScalar } from './scalar';

/** Whose readers of YAML differ: Psych puts a merge in where it stands, SnakeYAML under all keys beside it. */
export type MergeOrder = 'where-it-stands' | 'under';

/**
 * The documents of a file in YAML 1.1, with anchors, merges and `!reference`, two at most; of a key that is there twice
 * the last one counts.
 * @throws RepriseError INPUT_INVALID with the place
 */
export function readLocated({ text, source }: ForeignFile, merges: MergeOrder, tell: Tell): Located[] {
  if (text.length > LIMITS.yamlLength) {
    throw refusal([], `the file has more than ${LIMITS.yamlLength} characters`, { source });
  }
  const parsed = compose(text, source);
  const documents = [parsed.document, parsed.second].filter((document) => document !== undefined);
  return documents.map((document) => {
    const mistake = document.errors[0];
    if (mistake) {
      const spot = spotAt(parsed, source, [], mistake.pos[0]);
      throw refuse(spot, mistake.message.split('\n', 1)[0] ?? 'this is not YAML');
    }
    const value = new Reader(parsed, document, source, merges, tell).read();
    sizeOf(value);
    return value;
  });
}

function compose(text: string, source: string): ParsedYaml {
  try {
    return composeYaml(text, source);
  } catch (error) {
    throw asInputInvalid(error);
  }
}

function spotAt({ lines }: ParsedYaml, source: string, path: Path, offset: number): Spot {
  const { line, col } = lines.linePos(offset);
  return { source, path, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Makes located values of one document. An anchor is read once, at its own place, whoever refers to it. */
class Reader {
  private readonly known = new Map<Node, Located>();
  private readonly open = new Set<Node>();

  constructor(
    private readonly parsed: ParsedYaml,
    private readonly document: Document.Parsed,
    private readonly source: string,
    private readonly merges: MergeOrder,
    private readonly tell: Tell,
  ) {}

  read(): Located {
    return this.value(this.document.contents, [], 0);
  }

  private value(node: Node | null | undefined, path: Path, after: number): Located {
    if (!node) return { kind: 'plain', value: null, spot: this.spot(path, after) };
    const known = this.known.get(node);
    if (known) return known;
    if (this.open.has(node)) throw refuse(this.spot(path, after), 'this alias stands in its own anchor');
    this.open.add(node);
    const made = this.make(node, path);
    this.open.delete(node);
    this.known.set(node, made);
    return made;
  }

  private make(node: Node, path: Path): Located {
    const spot = this.spot(path, node.range?.[0] ?? 0);
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (!target) throw refuse(spot, `there is no anchor ${node.source} before this alias`);
      return this.value(target, path, spot.line);
    }
    if (isScalar(node)) {
      const isOpen = node.type === 'PLAIN' && node.tag === undefined;
      return { kind: 'plain', value: isOpen ? readScalar(node.source ?? '') : String(node.value), spot };
    }
    if (isSeq(node)) return this.list(node, path, spot);
    if (isMap(node)) return this.map(node, path, spot);
    throw refuse(spot, 'this is neither text, a list nor a mapping');
  }

  private list(node: YAMLSeq, path: Path, spot: Spot): Located {
    const items = node.items.map((item, i) => this.value(item as Node, [...path, i], node.range?.[0] ?? 0));
    if (node.tag !== '!reference') return { kind: 'list', items, spot };
    const location = items.map((item) => {
      if (item.kind === 'plain' && typeof item.value === 'string') return item.value;
      throw refuse(item.spot, 'a reference is a list of names, such as !reference [.setup, script]');
    });
    if (location.length === 0) throw refuse(spot, 'a reference names something');
    return { kind: 'reference', location, spot };
  }

  private map(node: YAMLMap, path: Path, spot: Spot): LocatedMap {
    const entries = new Map<string, Entry>();
    const pairs = this.merges === 'under' ? mergesFirst(node.items) : node.items;
    for (const pair of pairs) {
      const key = pair.key as Node;
      const name = isScalar(key) ? String(key.source ?? key.value) : String(key);
      const at = this.spot([...path, name], key.range?.[0] ?? 0);
      const value = this.value(pair.value as Node | null, at.path, key.range?.[0] ?? 0);
      if (name === '<<') this.merge(entries, value);
      else {
        const before = entries.get(name);
        if (before?.spot.path.length === at.path.length && before.spot.path.at(-2) === at.path.at(-2)) {
          this.tell(
            'left-out',
            before.spot,
            `${name} is there again at line ${at.line}, and that one counts`,
          );
        }
        entries.set(name, { value, spot: at });
      }
    }
    return { kind: 'map', entries, spot };
  }

  /** Of a list the first one counts. */
  private merge(entries: Map<string, Entry>, value: Located): void {
    const maps = value.kind === 'list' ? [...value.items].reverse() : [value];
    for (const map of maps) {
      if (map.kind !== 'map') throw refuse(map.spot, '`<<` takes a mapping, or a list of mappings');
      for (const [name, entry] of map.entries) {
        if (value.kind === 'map' && entries.has(name)) {
          const { spot } = entries.get(name)!;
          this.tell(
            'info',
            spot,
            `a merge below it sets ${name} anew, and counts: that is how GitLab reads it`,
          );
        }
        entries.set(name, entry);
      }
    }
  }

  private spot(path: Path, offset: number): Spot {
    return spotAt(this.parsed, this.source, path, offset);
  }
}

function mergesFirst(pairs: YAMLMap['items']): YAMLMap['items'] {
  const isMerge = ({ key }: YAMLMap['items'][number]) => isScalar(key) && key.source === '<<';
  return [...pairs].sort((a, b) => Number(isMerge(b)) - Number(isMerge(a)));
}
