import { found, linesOf } from '../../../dashboard/src/parts/log-lines';

describe('a log', () => {
  it('keeps a colour on from line to line, and what was written as text', () => {
    const lines = linesOf('\u001b[32mgreen <b>\nstill\u001b[0m plain\n');
    expect(lines.map(({ text }) => text)).toEqual(['green <b>', 'still plain']);
    expect(lines[0]!.html).toBe('<span class="ansi-green-fg">green &lt;b&gt;</span>');
    expect(lines[1]!.html).toBe('<span class="ansi-green-fg">still</span> plain');
  });

  it('has no style in its HTML, which the policy of the page refuses', () => {
    const [line] = linesOf('\u001b[38;2;1;2;3mtrue colour\u001b[0m');
    expect(line!.html).toContain('data-style="color:rgb(1,2,3)"');
    expect(line!.html).not.toContain(' style=');
  });

  it('shows what a progress bar came to', () => {
    expect(linesOf('10 %\r50 %\r100 %\n')[0]!.text).toBe('100 %');
  });

  it('is searched whatever the case', () => {
    const lines = linesOf('one\nTwo ERROR\nthree error\n');
    expect([found(lines, 'Error'), found(lines, ' ')]).toEqual([[1, 2], []]);
  });
});
