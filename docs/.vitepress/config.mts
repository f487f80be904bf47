import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { defineConfig, type MarkdownOptions } from 'vitepress';
import { anchorOf } from './anchor';
import { drawFlowchart, parseFlowchart } from './diagram';
import { sidebar } from './sidebar';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];

/**
 * The site over the pages of `docs/`, which stay Markdown that reads well without it. A link to a page that is not there
 * fails the build.
 */
export default defineConfig({
  title: 'Reprise',
  description: 'Runs test-execution graphs to the end, whatever fails on the way.',
  outDir: '../dist/docs',
  cacheDir: '../node_modules/.cache/vitepress',
  cleanUrls: true,
  lastUpdated: false,
  rewrites: { 'operations/README.md': 'operations/index.md' },
  markdown: { html: false, anchor: { slugify: anchorOf }, config: extend },
  themeConfig: {
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Tutorial', link: '/tutorial/' },
      { text: 'Reference', link: '/reference' },
      { text: 'Runbooks', link: '/operations/' },
    ],
  },
});

function extend(md: MarkdownIt): void {
  md.set({ html: false });
  // What the pages say in braces, as graphs do, is text and nothing that Vue works out.
  const { text, code_inline: code, fence } = md.renderer.rules;
  md.renderer.rules.text = (...args) => (text?.(...args) ?? '').replaceAll('{{', '&#123;&#123;');
  md.renderer.rules.code_inline = (...args) => (code?.(...args) ?? '').replaceAll('{{', '&#123;&#123;');
  md.renderer.rules.fence = (...args) => {
    const [tokens, index] = args;
    const token = tokens[index];
    if (token?.info.trim() === 'mermaid') return drawFlowchart(parseFlowchart(token.content));
    return fence?.(...args) ?? '';
  };
  // The repository has more than its pages: what leads out of them is named, not linked.
  md.core.ruler.push('outside', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let outside = false;
      for (const child of children ?? []) {
        if (child.type === 'link_open')
          outside = leadsOut(env.relativePath ?? '', child.attrGet('href') ?? '');
        if (!outside || !/^link_(open|close)$/.test(child.type)) continue;
        child.tag = 'span';
        child.attrs = null;
      }
    }
  });
}

function leadsOut(page: string, href: string): boolean {
  if (/^[a-z]+:|^#|^$/.test(href)) return false;
  const to = normalize(join(dirname(page), href.split('#')[0] ?? ''));
  return to.startsWith('..') && existsSync(join('docs', to));
}
