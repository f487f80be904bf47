/** Expressions of DynamoDB, the part that our adapters write, over plain items. */

type Item = Record<string, unknown>;

interface Names {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

/** Whether a condition holds for an item; one that is not there has no attributes. */
export function holds(text: string | undefined, item: Item | undefined, names: Names): boolean {
  if (text === undefined) return true;
  const reader = new Reader(text, item ?? {}, names);
  return reader.either();
}

/** An item after an update expression of `SET`, `ADD` and `REMOVE` clauses. */
export function updated(text: string, item: Item, names: Names): Item {
  const next = { ...item };
  for (const [, verb, body = ''] of text.matchAll(/(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)/g)) {
    for (const part of body.split(/,\s*(?![^(]*\))/)) {
      if (verb === 'REMOVE') {
        delete next[nameOf(part.trim(), names)];
        continue;
      }
      const [left = '', right = ''] = verb === 'SET' ? part.split(/\s*=\s*/) : part.trim().split(/\s+/);
      const name = nameOf(left.trim(), names);
      next[name] = verb === 'SET' ? readValue(right.trim(), item, names) : added(item[name], right, names);
    }
  }
  return next;
}

function added(before: unknown, right: string, names: Names): unknown {
  const value = readValue(right, {}, names);
  if (value instanceof Set) return new Set([...((before as Set<unknown>) ?? []), ...value]);
  return Number(before ?? 0) + Number(value);
}

const nameOf = (text: string, { ExpressionAttributeNames: names }: Names) => names?.[text] ?? text;

function readValue(text: string, item: Item, names: Names): unknown {
  const [, name = '', other = ''] = /^if_not_exists\((.*), (.*)\)$/.exec(text) ?? [];
  if (name !== '') return item[nameOf(name, names)] ?? readValue(other, item, names);
  return text.startsWith(':') ? names.ExpressionAttributeValues?.[text] : item[nameOf(text, names)];
}

/** Reads a condition by descent: OR, AND, NOT, brackets, functions, comparisons. */
class Reader {
  readonly #words: string[];
  constructor(
    text: string,
    readonly item: Item,
    readonly names: Names,
  ) {
    this.#words = text.match(/[#:\w]+|<=|>=|<>|[=<>(),]/g) ?? [];
  }

  either(): boolean {
    let result = this.both();
    while (this.#next('OR')) result = this.both() || result;
    return result;
  }

  both(): boolean {
    let result = this.one();
    while (this.#next('AND')) result = this.one() && result;
    return result;
  }

  one(): boolean {
    if (this.#next('NOT')) return !this.one();
    if (this.#next('(')) {
      const result = this.either();
      this.#next(')');
      return result;
    }
    const word = this.#words.shift() as string;
    if (word.startsWith('attribute_') || word === 'contains') return this.#call(word);
    const left = word === 'size' ? this.#size() : readValue(word, this.item, this.names);
    return this.#compare(left);
  }

  #compare(left: unknown): boolean {
    const sign = this.#words.shift();
    if (sign === 'IN') return this.#list().some((word) => readValue(word, this.item, this.names) === left);
    const right = readValue(this.#words.shift() as string, this.item, this.names) as never;
    if (left === undefined) return false;
    if (sign === '=') return left === right;
    if (sign === '<>') return left !== right;
    if (sign === 'BETWEEN') {
      this.#next('AND');
      return (
        (left as never) >= right &&
        (left as never) <= (readValue(this.#words.shift() as string, this.item, this.names) as never)
      );
    }
    if (sign === '<') return (left as never) < right;
    if (sign === '>') return (left as never) > right;
    return sign === '<=' ? (left as never) <= right : (left as never) >= right;
  }

  #call(name: string): boolean {
    const [path = '', value = ''] = this.#list();
    const held = this.item[nameOf(path, this.names)];
    if (name === 'attribute_exists') return held !== undefined;
    if (name === 'attribute_not_exists') return held === undefined;
    return held instanceof Set && held.has(readValue(value, this.item, this.names));
  }

  #size(): number {
    const held = this.item[nameOf(this.#list()[0] ?? '', this.names)];
    return held instanceof Set ? held.size : String(held ?? '').length;
  }

  /** The words between brackets, without their commas. */
  #list(): string[] {
    this.#next('(');
    const words = this.#words.splice(0, this.#words.indexOf(')') + 1);
    return words.filter((word) => word !== ',' && word !== ')');
  }

  #next(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }
}
