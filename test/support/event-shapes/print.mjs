import { API, SymbolFlags, TypeFlags } from 'typescript/unstable/sync';

/**
 * Prints what the types of events allow, as JSON: kind of stream -> type of event -> JSON Schema of its data, whatever the
 * types are called that it is written with. The compiler is the only one that knows it, and its API is an ES module:
 * `shapes.ts` runs this. Run in the root.
 */
const root = process.cwd();
const api = new API({ cwd: root });
const project = `${root}/test/support/event-shapes/tsconfig.json`;
const { program, checker } = api.updateSnapshot({ openProjects: [project] }).getProjects()[0];

const PRIMITIVES = [
  [TypeFlags.String, { type: 'string' }],
  [TypeFlags.Number, { type: 'number' }],
  [TypeFlags.Null, { type: 'null' }],
  [TypeFlags.AnyOrUnknown, {}],
  [TypeFlags.Never, { not: {} }],
];

function schemaOf(type, above = []) {
  if (type.isLiteralType()) return { enum: [type.value] };
  if (type.flags & TypeFlags.Union) return unionOf(type.getTypes(), above);
  const primitive = PRIMITIVES.find(([flag]) => type.flags & flag);
  if (primitive) return primitive[1];
  const isObject = type.flags & (TypeFlags.Object | TypeFlags.Intersection);
  if (!isObject || above.includes(type.id)) throw new Error(`no JSON of ${checker.typeToString(type)}`);
  const inside = [...above, type.id];
  if (checker.isArrayType(type)) {
    return { type: 'array', items: schemaOf(checker.getTypeArguments(type)[0], inside) };
  }
  return objectOf(type, inside);
}

function objectOf(type, above) {
  const [index] = checker.getIndexInfosOfType(type);
  const more = index ? schemaOf(index.valueType, above) : { not: {} };
  const members = checker
    .getPropertiesOfType(type)
    .map((member) => [member.name, member])
    .sort(byName);
  const required = members.flatMap(([name, member]) => (isOptional(member) ? [] : [name]));
  return {
    type: 'object',
    ...(members.length === 0
      ? {}
      : { properties: Object.fromEntries(members.map(([name, member]) => [name, memberOf(member, above)])) }),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: 'not' in more ? false : more,
  };
}

const isOptional = ({ flags }) => (flags & SymbolFlags.Optional) !== 0;

/** JSON has no member that is undefined, only one that is not there. */
function memberOf(member, above) {
  const type = checker.getTypeOfSymbol(member);
  const types = type.flags & TypeFlags.Union ? type.getTypes() : [type];
  return unionOf(
    types.filter(({ flags }) => !(isOptional(member) && flags & TypeFlags.Undefined)),
    above,
  );
}

function unionOf(types, above) {
  const schemas = new Map(
    types.map((each) => schemaOf(each, above)).map((each) => [JSON.stringify(each), each]),
  );
  const literals = [...schemas.values()].flatMap((each) => each.enum ?? []).sort();
  const others = [...schemas].filter(([, each]) => each.enum === undefined).sort(byName);
  const all = [...(literals.length === 0 ? [] : [literalsOf(literals)]), ...others.map(([, each]) => each)];
  return all.length === 1 ? all[0] : { anyOf: all };
}

const literalsOf = (literals) =>
  literals.length === 2 && literals.every((each) => typeof each === 'boolean')
    ? { type: 'boolean' }
    : { enum: literals };

/** The schemas of an event, or of a union of events, by their types. */
function eventsOf(union) {
  const events = union.flags & TypeFlags.Union ? union.getTypes() : [union];
  const schemas = events.map((event) => {
    const [type, data] = ['type', 'data'].map((name) =>
      checker.getTypeOfSymbol(checker.getPropertyOfType(event, name)),
    );
    return [type.value, schemaOf(data)];
  });
  return Object.fromEntries(schemas.sort(byName));
}

function typeNamed(file, name) {
  const { statements } = program.getSourceFile(`${root}/${file}`);
  return checker.getTypeAtLocation(statements.find((each) => each.name?.text === name).name);
}

function byName([a], [b]) {
  return a < b ? -1 : 1;
}

const kinds = checker
  .getPropertiesOfType(typeNamed('lib/core/ports/streams.ts', 'Events'))
  .map((kind) => [kind.name, eventsOf(checker.getTypeOfSymbol(kind))]);
kinds.push(['cleanup', eventsOf(typeNamed('lib/core/cleanup/events.ts', 'CleanupEvent'))]);
kinds.push(['audit', eventsOf(typeNamed('lib/core/audit/events.ts', 'AuditEvent'))]);
kinds.push(['config', eventsOf(typeNamed('lib/core/configuration/events.ts', 'ConfigEvent'))]);
process.stdout.write(JSON.stringify(Object.fromEntries(kinds)));
api.close();
