import { API, SymbolFlags, TypeFlags } from 'typescript/unstable/sync';

/**
 * Prints what the types of events allow, as JSON: kind of stream -> type of event -> shape of its data. A shape is a text of
 * what JSON can hold, such as `{nodeId:string,token?:string}`, whatever the types are called that it is written with. The
 * compiler is the only one that knows it, and its API is an ES module: `shapes.ts` runs this. Run in the root.
 */
const root = process.cwd();
const api = new API({ cwd: root });
const project = `${root}/test/support/event-shapes/tsconfig.json`;
const { program, checker } = api.updateSnapshot({ openProjects: [project] }).getProjects()[0];

/** @param above the types that this one stands in: one that holds itself is named by how far above it is. */
function shapeOf(type, above = []) {
  if (type.isLiteralType()) return JSON.stringify(type.value);
  if (type.flags & TypeFlags.Union) return unionOf(type.getTypes(), above);
  if (!(type.flags & (TypeFlags.Object | TypeFlags.Intersection))) return checker.typeToString(type);
  if (above.includes(type.id)) return `^${above.length - above.indexOf(type.id)}`;
  const inside = [...above, type.id];
  if (checker.isArrayType(type)) return `(${shapeOf(checker.getTypeArguments(type)[0], inside)})[]`;
  if (checker.isTupleType(type)) {
    return `[${checker.getTypeArguments(type).map((each) => shapeOf(each, inside))}]`;
  }
  const indexes = checker
    .getIndexInfosOfType(type)
    .map(({ keyType, valueType }) => `[${shapeOf(keyType, inside)}]:${shapeOf(valueType, inside)}`);
  const members = checker.getPropertiesOfType(type).map((member) => memberOf(member, inside));
  return `{${[...members, ...indexes].sort().join(',')}}`;
}

function memberOf(member, above) {
  const isOptional = (member.flags & SymbolFlags.Optional) !== 0;
  const type = checker.getTypeOfSymbol(member);
  const types = type.flags & TypeFlags.Union ? type.getTypes() : [type];
  // JSON has no member that is undefined, only one that is not there.
  const given = types.filter(({ flags }) => !(isOptional && flags & TypeFlags.Undefined));
  return `${member.name}${isOptional ? '?' : ''}:${unionOf(given, above)}`;
}

function unionOf(types, above) {
  const texts = new Set(types.map((each) => shapeOf(each, above)));
  if (texts.delete('true') && texts.delete('false')) texts.add('boolean');
  else if (types.some((each) => each.isLiteralType() && each.value === true)) texts.add('true');
  return [...texts].sort().join('|');
}

/** The shapes of a union of events, by their types. */
function eventsOf(union) {
  const shapes = union.getTypes().map((event) => {
    const [type, data] = ['type', 'data'].map((name) =>
      checker.getTypeOfSymbol(checker.getPropertyOfType(event, name)),
    );
    return [type.value, shapeOf(data)];
  });
  return Object.fromEntries(shapes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function typeNamed(file, name) {
  const { statements } = program.getSourceFile(`${root}/${file}`);
  return checker.getTypeAtLocation(statements.find((each) => each.name?.text === name).name);
}

const kinds = checker
  .getPropertiesOfType(typeNamed('lib/core/ports/streams.ts', 'Events'))
  .map((kind) => [kind.name, eventsOf(checker.getTypeOfSymbol(kind))]);
kinds.push(['cleanup', eventsOf(typeNamed('lib/core/cleanup/events.ts', 'CleanupEvent'))]);
process.stdout.write(JSON.stringify(Object.fromEntries(kinds)));
api.close();
