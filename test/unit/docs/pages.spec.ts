import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf } from '../../../docs/.vitepress/anchor';
import { drawFlowchart, type Flowchart, parseFlowchart } from '../../../docs/.vitepress/diagram';
import { sidebar } from '../../../docs/.vitepress/sidebar';
import { isStreamKind } from '../../../lib/core/messages/address';
import { blocksOf, PAGES } from '../../support/docs/blocks';

const textOf = (page: string) => readFileSync(page, 'utf8').replace(/^\s*```[\s\S]*?^\s*```$/gm, '');

const anchorsOf = (page: string) =>
  new Set([...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));

describe('the links of the pages', () => {
  it('lead to files that are there, and to headings that they have', () => {
    const dead = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, href = '']) => {
        if (/^[a-z]+:/.test(href)) return [];
        const [path = '', anchor] = href.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(file)) return [`${page}: ${href}`];
        if (anchor === undefined || !file.endsWith('.md')) return [];
        return anchorsOf(file).has(anchor) ? [] : [`${page}: ${href}: no such heading`];
      }),
    );
    expect(dead).toEqual([]);
  });
});

describe('the site', () => {
  it('has every page in its sidebar, once', () => {
    const links = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
    const own = PAGES.filter((page) => page.startsWith('docs/') && !page.includes('0000-')).map((page) =>
      page.replace(/^docs/, '').replace(/(index|README)?\.md$/, ''),
    );
    expect(links.toSorted()).toEqual(own.filter((link) => link !== '/').toSorted());
  });
});

const charts = PAGES.flatMap(blocksOf)
  .filter(({ language }) => language === 'mermaid')
  .map(({ page, line, text }) => ({ place: `${page}:${line}`, chart: parseFlowchart(text) }));

const stacks = readdirSync('lib/stacks').map((file) => readFileSync(`lib/stacks/${file}`, 'utf8'));
const queues = readFileSync('lib/constructs/engine-queues.ts', 'utf8');

/** Whether there is what a box of a diagram names, by the kind that its second line says. */
const EXISTS: Readonly<Record<string, (name: string) => boolean>> = {
  room: (name) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true,
  stream: isStreamKind,
  stack: (name) => stacks.some((source) => source.includes(`export class ${name} extends Stack`)),
  queue: (name) => queues.includes(`(this, '${name}'`),
  function: (name) => existsSync(`lambdas/${name}/handler.ts`),
  outside: () => true,
};

describe('the diagrams', () => {
  it('name rooms, streams, stacks, queues and functions that exist', () => {
    const boxes = charts.flatMap(({ place, chart }) => chart.nodes.map(({ lines }) => ({ place, lines })));
    const unknown = boxes.filter(({ lines: [name = '', kind = ''] }) => EXISTS[kind]?.(name) !== true);
    expect(unknown).toEqual([]);
    expect(boxes.length).toBeGreaterThan(20);
  });

  it('show every stream and every stack', () => {
    const names = charts.flatMap(({ chart }) => chart.nodes.map(({ lines }) => lines[0]));
    for (const kind of ['job', 'pool', 'trigger', 'dependency', 'letter', 'target'])
      expect(names).toContain(kind);
    for (const source of stacks) {
      const [, name] = /export class (\w+) extends Stack/.exec(source) ?? [];
      if (name !== undefined) expect(names).toContain(name);
    }
  });

  it('are drawn with a box for each name, arrows that go back included', () => {
    const circle: Flowchart = parseFlowchart(
      'flowchart LR\n  a["<a> & b<br/>room"] --> b\n  b --> a\n  b --> c',
    );
    const drawing = drawFlowchart(circle);
    expect(drawing.match(/class="room"/g)).toHaveLength(3);
    expect(drawing.match(/class="arrow"/g)).toHaveLength(2);
    expect([drawing.match(/marker-end/g), drawing.match(/marker-start/g)]).toMatchObject([
      { length: 2 },
      { length: 1 },
    ]);
    expect(drawing).toContain('&#60;a&#62; &#38; b');
    expect(() => parseFlowchart('flowchart LR\n a -.-> b')).toThrow('no box and no arrow:  a -.-> b');
  });
});
