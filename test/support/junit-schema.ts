import { XMLParser } from 'fast-xml-parser';

/** An element as the parser gives it: `name: children`, and `:@` with its attributes. */
type Parsed = Readonly<Record<string, unknown>>;

interface Rule {
  readonly children: readonly string[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const rerun: Rule = { children: ['stackTrace'], required: ['type'], optional: ['message'] };
const failure: Rule = { children: ['#text'], required: ['type'], optional: ['message'] };

/**
 * What the schemas of Surefire (surefire-test-report.xsd) and of the xUnit plugin of Jenkins (junit-10.xsd) both take, and
 * `file` of tests, `flakes` of suites beside them. Children of a test stand in the order of Surefire's.
 */
const RULES: Readonly<Record<string, Rule>> = {
  testsuites: {
    children: ['testsuite'],
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
  },
  testsuite: {
    children: ['properties', 'testcase'],
    required: ['name', 'tests', 'failures', 'errors', 'skipped'],
    optional: ['time', 'timestamp', 'hostname', 'flakes'],
  },
  properties: { children: ['property'], required: [], optional: [] },
  property: { children: [], required: ['name', 'value'], optional: [] },
  testcase: {
    children: ['failure', 'rerunFailure', 'flakyFailure', 'skipped', 'error', 'rerunError', 'flakyError'],
    required: ['name', 'time'],
    optional: ['classname', 'file'],
  },
  failure,
  error: failure,
  skipped: { children: [], required: [], optional: ['message'] },
  rerunFailure: rerun,
  rerunError: rerun,
  flakyFailure: rerun,
  flakyError: rerun,
  stackTrace: { children: ['#text'], required: [], optional: [] },
};

/** Everything in a JUnit document that its schemas do not take, counts that are wrong included. */
export function junitFaults(text: string): string[] {
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '' });
  const roots = (parser.parse(text, true) as Parsed[]).filter((one) => !('?xml' in one));
  return roots.length === 1 && roots[0] && 'testsuites' in roots[0]
    ? faultsOf('testsuites', roots[0])
    : ['the document is not one <testsuites>'];
}

function faultsOf(name: string, element: Parsed): string[] {
  const rule = RULES[name];
  if (!rule) return [`<${name}> is unknown`];
  const attributes = (element[':@'] ?? {}) as Readonly<Record<string, string>>;
  const names = Object.keys(attributes);
  const children = (element[name] ?? []) as Parsed[];
  const tags = children.map((child) => Object.keys(child).find((key) => key !== ':@') ?? '');
  const places = tags.map((tag) => rule.children.indexOf(tag));
  return [
    ...rule.required.filter((one) => !names.includes(one)).map((one) => `<${name}> has no ${one}`),
    ...names
      .filter((one) => ![...rule.required, ...rule.optional].includes(one))
      .map((one) => `<${name}> has ${one}`),
    ...tags.filter((tag) => !rule.children.includes(tag)).map((tag) => `<${name}> has <${tag}>`),
    ...(places.some((place, i) => place < (places[i - 1] ?? 0))
      ? [`<${name}> has ${tags} in this order`]
      : []),
    ...(attributes['time'] === undefined || /^\d+\.\d{3}$/.test(attributes['time'])
      ? []
      : ['a time is none']),
    ...(name === 'testsuite' ? miscounts(attributes, children) : []),
    ...children.flatMap((child, i) => (tags[i] === '#text' ? [] : faultsOf(tags[i] ?? '', child))),
  ];
}

function miscounts(attributes: Readonly<Record<string, string>>, children: readonly Parsed[]): string[] {
  const cases = children.flatMap((child) =>
    (child['testcase'] as Parsed[] | undefined) ? [child['testcase'] as Parsed[]] : [],
  );
  const having = (tag: string) => cases.filter((inner) => inner.some((one) => tag in one)).length;
  const counted = {
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  };
  return Object.entries(counted)
    .filter(([key, value]) => attributes[key] !== String(value))
    .map(([key, value]) => `${attributes['name']} counts ${attributes[key]} ${key}, and has ${value}`);
}
