import { noteLines, refusal } from '../support';
import { imported, nodesOf, runOf } from './support';

describe('the file of a pipeline of GitLab', () => {
  const scriptOf = (text: string, id = 'job', how?: Parameters<typeof nodesOf>[1]) =>
    runOf(text, id, how)
      .split('\n')
      .filter((line) => !/^(set|export)/.test(line));

  // doc/ci/yaml/_index.md, extends; lib/gitlab/ci/config/extendable/entry.rb
  it('merges what it extends, key by key, and replaces lists', () => {
    const text = `
.base: { tags: [a], variables: { A: base, B: base }, script: [one, two], retry: 1 }
.more: { extends: .base, variables: { B: more }, script: [three] }
.side: { variables: { A: side }, retry: null }
job: { extends: [.more, .side], tags: [b] }`;
    expect(nodesOf(text)['job']).toMatchObject({ labels: ['b'], retry: { maxAttempts: 1 } });
    expect(runOf(text, 'job').split('\n')).toEqual([
      'set -e',
      'export CI=true',
      "export A='side'",
      "export B='more'",
      'three',
    ]);
  });

  it('refuses what is not there to extend, circles, and what is too deep', () => {
    expect(refusal(() => imported('job: { extends: .x, script: a }'))).toContain(
      '1:17 job.extends: there is no ".x"',
    );
    expect(
      refusal(() => imported('.a: { extends: .b }\n.b: { extends: .a }\njob: { extends: .a, script: x }')),
    ).toContain('in a circle');
    const deep = Array.from({ length: 13 }, (_, i) => `.j${i}: { extends: .j${i + 1} }`).join('\n');
    expect(refusal(() => imported(`${deep}\n.j13: { script: x }\njob: { extends: .j0 }`))).toContain(
      'more than 10 levels',
    );
  });

  // doc/ci/yaml/yaml_optimization.md, !reference tags: after extends, in lists and in each other.
  it('puts in what it refers to', () => {
    const text = `
.setup: { script: [one, !reference [.more, script]] }
.more: { script: [two] }
.rules: { rules: [{ when: always }] }
job:
  script: [!reference [.setup, script], three]
  rules: [!reference [.rules, rules]]
  variables: { V: !reference [.vars, variables, W] }
.vars: { variables: { W: x } }`;
    expect(scriptOf(text)).toEqual(['one', 'two', 'three']);
    expect(runOf(text, 'job')).toContain("export V='x'");
    expect(refusal(() => imported('job: { script: [!reference [.x, script]] }'))).toContain(
      '!reference [.x, script] is not there',
    );
    expect(refusal(() => imported('job: { script: [!reference [job, script]] }'))).toContain(
      'refers to itself',
    );
  });

  it('reads anchors and merges, of which GitLab lets a later one count', () => {
    const text = `
.a: &a { tags: [a], retry: 1 }
.b: &b { tags: [b] }
.lines: &lines [one, two]
job:
  retry: 2
  <<: *a
  <<: *b
  script: [*lines, three]
other:
  <<: [*a, *b]
  retry: 2
  script: x`;
    expect(scriptOf(text)).toEqual(['one', 'two', 'three']);
    expect(nodesOf(text)).toMatchObject({
      job: { labels: ['b'], retry: { maxAttempts: 2 } },
      other: { labels: ['a'], retry: { maxAttempts: 3 } },
    });
    expect(noteLines(imported(text)).join('\n')).toContain(
      'info job.retry: a merge below it sets retry anew',
    );
  });

  it('takes the last of two keys, and notes the first', () => {
    const { notes } = imported('job:\n  script: one\n  script: two\n');
    expect(notes).toEqual([expect.objectContaining({ kind: 'left-out', path: 'job.script', line: 2 })]);
    expect(scriptOf('job:\n  script: one\n  script: two\n')).toEqual(['two']);
  });

  // doc/ci/yaml/_index.md, default and inherit
  it('gives jobs the defaults that they let in', () => {
    const text = `
default: { before_script: [before], tags: [a], retry: 2 }
variables: { A: 1, B: 2 }
job: { script: x }
own: { script: x, before_script: [], tags: [b] }
none: { script: x, inherit: { default: false, variables: false } }
some: { script: x, inherit: { default: [tags], variables: [B] } }`;
    expect(scriptOf(text)).toEqual(['before', 'x']);
    expect(scriptOf(text, 'own')).toEqual(['x']);
    expect(runOf(text, 'none')).toBe('set -e\nexport CI=true\nx');
    expect(runOf(text, 'some')).toBe("set -e\nexport CI=true\nexport B='2'\nx");
    expect(nodesOf(text)).toMatchObject({
      own: { labels: ['b'] },
      none: { labels: [] },
      some: { labels: ['a'], retry: { maxAttempts: 1 } },
    });
  });

  // doc/ci/yaml/includes.md
  describe('with include', () => {
    const files = {
      'ci/base.yml': 'include: /ci/inner.yml\n.base: { tags: [base] }\njob: { script: [base], image: node }',
      'ci/inner.yml': '.inner: { retry: 1 }\nvariables: { FROM: inner }',
      'ci/more/a.yml': 'more: { script: a }',
      'ci/more/b.yml': 'more-b: { script: b }',
    };

    it('reads files of the repository under its own', () => {
      const text =
        'include: [ci/base.yml, { local: "/ci/more/*.yml" }]\njob: { extends: [.base, .inner], script: [own] }';
      const made = imported(text, { files });
      expect(Object.keys(nodesOf(text, { files }))).toEqual(['job', 'more', 'more-b']);
      expect(scriptOf(text, 'job', { files })).toEqual(['own']);
      expect(made.notes).toEqual([
        expect.objectContaining({ path: 'job.image', source: 'ci/base.yml', line: 3, column: 24 }),
      ]);
    });

    it.each([
      ['../x.yml', 'leads out of the repository'],
      ['ci/../../x.yml', 'leads out of the repository'],
      ['ci/missing.yml', 'there is no ci/missing.yml'],
      ['ci/base.json', 'ends with .yml or .yaml'],
    ])('refuses %s', (path, message) => {
      expect(refusal(() => imported(`include: ${path}\njob: { script: x }`, { files }))).toContain(message);
    });

    it('refuses a file that includes itself, and one that is broken, by its name', () => {
      expect(refusal(() => imported('include: a.yml', { files: { 'a.yml': 'include: a.yml' } }))).toContain(
        'a.yml -> a.yml',
      );
      expect(
        refusal(() => imported('include: a.yml', { files: { 'a.yml': 'job: { script: [1] }' } })),
      ).toContain('a.yml:1:17 job.script[0]');
    });

    it('notes what it does not read, and what may stand there', () => {
      const text = `
include: [{ project: a/b, file: c.yml }, { template: X.yml }, { component: x/y@1 }, "https://x.example/y.yml"]
job: { extends: .elsewhere, script: [x, !reference [.elsewhere, script]] }
gone: { extends: .elsewhere }
late: { stage: other, script: x, needs: [far] }`;
      const lines = noteLines(imported(text, { files }));
      expect(lines.filter((line) => line.includes('only files of the repository are'))).toHaveLength(4);
      expect(lines.filter((line) => line.includes('it may stand in a file that was not read'))).toHaveLength(
        4,
      );
      expect(lines.join('\n')).toMatch(/gone is no node[\s\S]*there is no stage other/);
      expect(Object.keys(nodesOf(text, { files }))).toEqual(['job', 'late']);
    });

    it('decides by rules whether to', () => {
      const text = 'include: [{ local: ci/more/a.yml, rules: [{ if: $A }] }]\njob: { script: x }';
      expect(Object.keys(nodesOf(text, { files, unset: ['A'] }))).toEqual(['job']);
      expect(Object.keys(nodesOf(text, { files }))).toHaveLength(2);
      expect(noteLines(imported(text, { files })).join('\n')).toContain(
        'changed include[0].rules: ci/more/a.yml is included whether',
      );
    });

    // doc/ci/inputs/_index.md
    it('fills in inputs', () => {
      const inputs = {
        'job.yml':
          'spec: { inputs: { name: , tags: { default: [x] } } }\n---\n"$[[ inputs.name ]]": { script: "run $[[ inputs.name ]]", tags: "$[[ inputs.tags ]]" }',
      };
      const text = 'include: [{ local: job.yml, inputs: { name: unit } }]';
      expect(scriptOf(text, 'unit', { files: inputs })).toEqual(['run unit']);
      expect(nodesOf(text, { files: inputs })['unit']).toMatchObject({ labels: ['x'] });
      expect(refusal(() => imported('include: job.yml', { files: inputs }))).toContain(
        'the input name has no value',
      );
    });
  });

  it('bounds what aliases and references write out', () => {
    const aliases = Array.from({ length: 30 }, (_, i) => `.a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    const bomb = ['.a0: &a0 [x, x]', ...aliases, 'job: { script: *a30 }'].join('\n');
    expect(refusal(() => imported(bomb))).toMatch(/\.a\d+"\]: written out, this is more than/);
    const many = (name: string) => `[${Array(10).fill(`!reference [${name}, script]`).join(', ')}]`;
    const jobs = Array.from({ length: 8 }, (_, i) => `.r${i + 1}: { script: ${many(`.r${i}`)} }`);
    const references = ['.r0: { script: [x] }', ...jobs, 'job: { script: !reference [.r8, script] }'].join(
      '\n',
    );
    expect(refusal(() => imported(references))).toContain('written out, this is more than');
  });

  // ruby/psych, lib/psych/scalar_scanner.rb: YAML 1.1
  it.each([
    ['3.10', '3.1'],
    ['2.0', '2.0'],
    ['1e3', '1e3'],
    ['1_000', '1000'],
    ['0x1F', '31'],
    ['012', '10'],
    ['0b11', '3'],
    ['22:22', '80520'],
    ['off', 'false'],
    ['y', 'y'],
    ['"off"', 'off'],
    ['!!str off', 'off'],
    ['~', ''],
    ['12345678901234567890', '12345678901234567890'],
  ])('reads %s as GitLab does', (given, expected) => {
    expect(runOf(`job: { script: x, variables: { V: ${given} } }`, 'job')).toContain(
      `export V='${expected}'`,
    );
  });
});
