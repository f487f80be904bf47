import { LIMITS } from '../../core/limits';
import { unreadable } from '../json';
import { problemOf } from '../messages';
import type { JUnitCase, JUnitTry } from '../report-format';
import { type Element, readXml } from '../xml';

export interface JUnitDocument {
  readonly cases: readonly JUnitCase[];
  /** Of suites that say of themselves that they failed, and whose tests do not. */
  readonly problems: readonly string[];
}

const TRIES = ['flakyFailure', 'flakyError', 'rerunFailure', 'rerunError'] as const;

/** @throws RepriseError INPUT_INVALID */
export function readCases(text: string): JUnitDocument {
  const root = readXml(text, 'JUnit');
  if (root.name !== 'testsuites' && root.name !== 'testsuite') {
    throw unreadable('JUnit', `its first element is <${root.name.slice(0, 50)}>`);
  }
  const cases: JUnitCase[] = [];
  const problems: string[] = [];
  visit(root, { suites: [], properties: {} }, { cases, problems });
  return { cases, problems };
}

interface Found {
  readonly cases: JUnitCase[];
  readonly problems: string[];
}

interface Place {
  readonly suites: JUnitCase['suites'];
  readonly properties: JUnitCase['suiteProperties'];
}

function visit(element: Element, place: Place, found: Found): void {
  if (element.name === 'testcase') {
    if (found.cases.length >= LIMITS.reportTests) throw unreadable('JUnit', 'it has too many tests');
    found.cases.push(caseOf(element, place));
    return;
  }
  if (element.name !== 'testsuite' && element.name !== 'testsuites') return;
  const inner = element.name === 'testsuite' ? innerOf(element, place) : place;
  const before = found.cases.length;
  for (const child of element.children) {
    // Of the suite itself: what some write for a class whose set-up failed.
    if (child.name === 'error' || child.name === 'failure') {
      found.problems.push(problemOf(`${element.attributes['name'] ?? 'a suite'}: ${textOf(child)}`));
    } else visit(child, inner, found);
  }
  if (element.name === 'testsuite') unexplained(element, found, before);
}

function innerOf({ attributes, children }: Element, { suites }: Place): Place {
  return { suites: [...suites, attributes], properties: propertiesOf(children) };
}

/** A suite that counts more failures than its cases have. */
function unexplained({ attributes }: Element, { cases, problems }: Found, before: number): void {
  const counted = numberOf(attributes['failures']) + numberOf(attributes['errors']);
  if (counted === 0) return;
  const own = cases.slice(before);
  if (own.some(({ status }) => status === 'failed' || status === 'error')) return;
  // Those that count tries count failures of tests that passed in the end.
  if (own.some(({ tries }) => tries.length > 0)) return;
  problems.push(problemOf(`${attributes['name'] ?? 'a suite'} counts ${counted} failures that no test has`));
}

function caseOf({ attributes, children }: Element, { suites, properties }: Place): JUnitCase {
  const bad = children.find(({ name }) => name === 'failure' || name === 'error');
  const isSkipped = children.some(({ name }) => name === 'skipped');
  const output = children.find(({ name }) => name === 'system-out')?.text;
  return {
    suites,
    attributes,
    status: bad ? (bad.name === 'error' ? 'error' : 'failed') : isSkipped ? 'skipped' : 'passed',
    ...(bad ? { message: textOf(bad) } : {}),
    ...(bad?.attributes['type'] === undefined ? {} : { type: bad.attributes['type'] }),
    tries: children.flatMap(triesOf),
    properties: propertiesOf(children),
    suiteProperties: properties,
    ...(output === undefined ? {} : { systemOut: output.slice(0, LIMITS.messageLength) }),
  };
}

function triesOf(element: Element): JUnitTry[] {
  const kind = TRIES.find((name) => name === element.name);
  if (!kind) return [];
  const trace = element.children.find(({ name }) => name === 'stackTrace');
  const message = [element.attributes['message'], trace?.text ?? element.text].filter(Boolean).join('\n');
  return [{ kind, ...(message === '' ? {} : { message: message.slice(0, LIMITS.messageLength) }) }];
}

function propertiesOf(children: readonly Element[]): JUnitCase['properties'] {
  const properties: Record<string, string> = Object.create(null);
  for (const { name, attributes } of children.flatMap((child) =>
    child.name === 'properties' ? child.children : [],
  )) {
    const key = attributes['name'];
    if (name === 'property' && key !== undefined) properties[key] = attributes['value'] ?? '';
  }
  return properties;
}

function textOf({ attributes, text }: Element): string {
  const message = attributes['message'] ?? '';
  const own = text.trim();
  return (own.startsWith(message) ? own : `${message}\n${own}`).trim().slice(0, LIMITS.messageLength);
}

function numberOf(text: string | undefined): number {
  const value = Number(text ?? 0);
  return Number.isFinite(value) ? value : 0;
}
