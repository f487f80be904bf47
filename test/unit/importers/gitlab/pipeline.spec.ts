import { noteLines, refusal } from '../support';
import { imported, nodesOf } from './support';

const needsOf = (text: string, how?: Parameters<typeof nodesOf>[1]) =>
  Object.fromEntries(Object.entries(nodesOf(text, how)).map(([id, { needs }]) => [id, needs]));
const notes = (text: string, how?: Parameters<typeof nodesOf>[1]) =>
  noteLines(imported(text, how)).join('\n');
const refused = (text: string, how?: Parameters<typeof nodesOf>[1]) => refusal(() => imported(text, how));

/** Jobs by stage, all of which run `true`. */
const pipeline = (jobs: Record<string, object>, rest: object = {}) =>
  JSON.stringify({
    ...rest,
    ...Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, { script: 'true', ...job }])),
  });

describe('a pipeline of GitLab', () => {
  // doc/ci/yaml/_index.md, stages: build, test and deploy by default, .pre before and .post after all.
  it('waits for the stages before a job, through those that others do not imply', () => {
    const jobs = {
      last: { stage: '.post' },
      deploy: { stage: 'deploy' },
      unit: {},
      lint: { stage: 'test' },
      build: { stage: 'build' },
      first: { stage: '.pre' },
    };
    expect(needsOf(pipeline(jobs))).toEqual({
      first: [],
      build: ['first'],
      unit: ['build'],
      lint: ['build'],
      deploy: ['unit', 'lint'],
      last: ['deploy'],
    });
  });

  it('keeps what is needed of earlier stages where a job between begins at once', () => {
    const jobs = { build: { stage: 'build' }, docs: { needs: [] }, unit: {}, deploy: { stage: 'deploy' } };
    expect(needsOf(pipeline(jobs))).toMatchObject({ docs: [], unit: ['build'], deploy: ['docs', 'unit'] });
    const late = { build: { stage: 'build' }, docs: { needs: [] }, deploy: { stage: 'deploy' } };
    expect(needsOf(pipeline(late))['deploy']).toEqual(['build', 'docs']);
  });

  // doc/ci/yaml/_index.md, needs.
  describe('with needs', () => {
    it('takes names, mappings, and combinations of a matrix', () => {
      const jobs = {
        build: { stage: 'build', parallel: { matrix: [{ OS: ['a', 'b'], V: [1, 2] }] } },
        unit: {
          needs: [
            { job: 'build', artifacts: false, parallel: { matrix: [{ OS: 'a' }, { V: 2, OS: ['b'] }] } },
          ],
        },
        all: { needs: ['build'] },
      };
      const needs = needsOf(pipeline(jobs));
      expect(needs['unit']).toEqual(['build-a-1', 'build-a-2', 'build-b-2']);
      expect(needs['all']).toHaveLength(4);
    });

    it('leaves an optional job out that is not there, and refuses any other', () => {
      expect(needsOf(pipeline({ a: { needs: [{ job: 'b', optional: true }] } }))).toEqual({ a: [] });
      expect(refused(pipeline({ a: { needs: ['b'] } }))).toContain('a needs b, which does not exist');
      const never = pipeline({ a: { needs: ['b'] }, b: { rules: [{ if: '$X' }] } });
      expect(refused(never, { unset: ['X'] })).toContain(
        'which is not in the pipeline under these conditions',
      );
      expect(needsOf(never)).toEqual({ a: ['b'], b: [] });
    });

    it('refuses a circle, and a job of a later stage', () => {
      expect(refused(pipeline({ a: { needs: ['b'] }, b: { needs: ['a'] } }))).toContain('form a cycle');
      expect(refused(pipeline({ a: { needs: ['b'] }, b: { stage: 'deploy' } }))).toContain(
        'of a later stage',
      );
    });

    it('notes needs of other pipelines, and keeps the order of the stages then', () => {
      const text = pipeline({ build: { stage: 'build' }, a: { needs: [{ pipeline: '$UP', job: 'x' }] } });
      expect(needsOf(text)['a']).toEqual(['build']);
      expect(notes(text)).toContain('left-out a.needs[0]: ');
    });
  });

  it.each([
    ['a stage that is not there', pipeline({ a: { stage: 'x' } }), 'there is no stage x'],
    ['a job without a script', 'a: { stage: test }', 'a has no `script`'],
    ['what is no job', 'a: text', 'neither a job nor a keyword'],
    ['a command that is no text', 'a: { script: [true] }', '1:15 a.script[0]: a command is text'],
    ['a condition that is none', 'a: { script: x, rules: [{ if: "$A = 1" }] }', 'a.rules[0].if: '],
    ['rules and only', 'a: { script: x, rules: [{ if: $A }], only: [main] }', 'either `rules` or `only`'],
    ['a word for when', 'a: { script: x, when: sometimes }', 'sometimes is none of on_success'],
    ['a time that is none', 'a: { script: x, timeout: soon }', 'soon is no time'],
    ['a number of retries', 'a: { script: x, retry: 3 }', '0, 1 or 2 times'],
    ['a number of instances', 'a: { script: x, parallel: 201 }', 'from 1 to 200'],
    ['a default that is none', 'default: { script: x }\na: { script: x }', 'script can be no default'],
    ['an empty file', '', 'expected a mapping'],
    ['YAML that is broken', 'a: { script: [', '.gitlab-ci.yml:1:'],
    ['a pipeline of other jobs alone', 'a: { trigger: x/y }', 'nothing to run'],
  ])('refuses %s, with its place', (_, text, message) => {
    expect(refused(text)).toContain(message);
  });

  it('takes a job out that starts another pipeline, and connects what it connected', () => {
    const jobs = {
      build: { stage: 'build' },
      down: { needs: ['build'], trigger: 'x/y' },
      a: { needs: ['down'] },
    };
    const text = pipeline(jobs).replace('"script":"true","needs":["build"]', '"needs":["build"]');
    expect(needsOf(text)).toEqual({ build: [], a: ['build'] });
    expect(notes(text)).toMatch(/left-out down: down is no node/);
  });

  describe('with when', () => {
    const graph = (jobs: Record<string, object>) => nodesOf(pipeline(jobs));

    it('never runs on_failure where nothing is before it', () => {
      expect(graph({ a: { when: 'on_failure' } })['a']).toMatchObject({ when: 'false' });
    });

    it('plays a manual job by a parameter, and waits for it only where it may not fail', () => {
      const jobs = {
        ask: { stage: 'build', when: 'manual' },
        block: { stage: 'build', when: 'manual', allow_failure: false },
        a: {},
      };
      const nodes = graph(jobs);
      expect(nodes['ask']).toMatchObject({ when: "parameters.play_ask = 'true'" });
      expect(nodes['a']).toMatchObject({ needs: ['block'], trigger: 'all_success' });
      expect(notes(pipeline(jobs))).toMatch(/changed ask.when: .*play_ask=true/);
    });

    it('leaves out what a manual job that is waited for implies', () => {
      const jobs = {
        build: { stage: 'build' },
        ask: { when: 'manual', allow_failure: false },
        a: { stage: 'deploy' },
      };
      expect(graph(jobs)['ask']).toMatchObject({ needs: ['build'], trigger: 'all_success' });
      expect(graph(jobs)['a']).toMatchObject({ needs: ['ask'], trigger: 'all_success' });
    });

    it('says that it does not delay', () => {
      expect(notes(pipeline({ a: { when: 'delayed', start_in: '5 min' } }))).toMatch(
        /changed a.when: it is not delayed by 5 min/,
      );
    });

    it('goes on after a failure that is allowed, and passes', () => {
      const jobs = { lint: { stage: 'build', allow_failure: true }, build: { stage: 'build' }, a: {} };
      expect(graph(jobs)).toMatchObject({
        lint: { allowFailure: true },
        a: { needs: ['lint', 'build'], trigger: 'all_success' },
      });
      expect(graph(jobs)['build']).not.toHaveProperty('allowFailure');
      expect(notes(pipeline(jobs))).not.toContain('allow_failure');
    });

    it('counts every failure where only some exit statuses are allowed, and says so', () => {
      const jobs = { lint: { allow_failure: { exit_codes: [1, 2] } } };
      expect(graph(jobs)['lint']).not.toHaveProperty('allowFailure');
      expect(notes(pipeline(jobs))).toMatch(
        /changed lint.allow_failure: whatever the exit status, a failure/,
      );
    });

    it('lets a job fail that somebody plays, unless it says otherwise', () => {
      const jobs = { ask: { when: 'manual' }, block: { when: 'manual', allow_failure: false } };
      expect(graph(jobs)['ask']).toHaveProperty('allowFailure', true);
      expect(graph(jobs)['block']).not.toHaveProperty('allowFailure');
    });

    it('never runs on_failure behind what may fail', () => {
      const jobs = { lint: { stage: 'build', allow_failure: true }, a: { when: 'on_failure' } };
      expect(graph(jobs)['a']).toMatchObject({ when: 'false' });
    });

    it('goes on after a job that was skipped with what it needs, which nobody played', () => {
      const jobs = {
        ask: { stage: 'build', when: 'manual' },
        asked: { stage: 'build', needs: ['ask'] },
        a: {},
      };
      expect(graph(jobs)['a']).toMatchObject({ needs: ['asked'], trigger: 'none_failed' });
    });
  });

  describe('with rules', () => {
    const text = (rules: unknown, more: object = {}) => pipeline({ other: {}, a: { rules, ...more } });

    it.each<[string, unknown, Record<string, string>, string]>([
      [
        'the first that matches',
        [{ if: '$CI_COMMIT_BRANCH == "main"', when: 'never' }, { when: 'always' }],
        { CI_COMMIT_BRANCH: 'main' },
        'out',
      ],
      [
        'the next one',
        [{ if: '$CI_COMMIT_BRANCH == "main"', when: 'never' }, { when: 'always' }],
        { CI_COMMIT_BRANCH: 'x' },
        'in',
      ],
      ['none', [{ if: '$CI_COMMIT_TAG' }], { CI_COMMIT_BRANCH: 'main' }, 'out'],
      ['a branch where a tag is told', [{ if: '$CI_COMMIT_BRANCH' }], { CI_COMMIT_TAG: 'v1' }, 'out'],
      [
        'a merge request where a branch is told',
        [{ if: '$CI_MERGE_REQUEST_IID' }],
        { CI_COMMIT_BRANCH: 'x' },
        'out',
      ],
      ['what is not known', [{ if: '$DEPLOY' }], {}, 'in'],
      ['files that changed', [{ changes: ['src/*'] }], { CI_COMMIT_BRANCH: 'x' }, 'in'],
      [
        'files that changed, of another branch',
        [{ if: '$CI_COMMIT_BRANCH == "main"', changes: ['src/*'] }],
        { CI_COMMIT_BRANCH: 'x' },
        'out',
      ],
    ])('decides by %s', (_, rules, set, where) => {
      expect('a' in nodesOf(text(rules), { set })).toBe(where === 'in');
      const said = notes(text(rules), { set });
      if (where === 'out') expect(said).toContain('left-out a.rules: a is not in the pipeline');
    });

    it('says what it does not know, and lets the job run as what keeps most of it', () => {
      const rules = [{ if: '$A', when: 'manual', allow_failure: true }, { if: '$B' }, { when: 'never' }];
      expect(nodesOf(text(rules))['a']).not.toHaveProperty('when');
      expect(notes(text(rules))).toMatch(/changed a.rules: a runs whether or not its rules let it/);
      expect(nodesOf(text(rules))['a']).not.toHaveProperty('allowFailure');
    });

    it('takes the variables of the rule that matches', () => {
      const rules = [{ if: '$CI_COMMIT_BRANCH == "main"', variables: { LEVEL: 'full' } }];
      const work = nodesOf(text(rules, { variables: { LEVEL: 'some' } }), {
        set: { CI_COMMIT_BRANCH: 'main' },
      })['a']?.work;
      expect(work).toMatchObject({ run: expect.stringContaining("export LEVEL='full'") });
      expect(notes(text(rules))).toContain('left-out a.rules[0].variables: ');
    });

    it('asks the variables of the job, which those that are told go before', () => {
      const rules = [{ if: '$RUN == "yes"' }];
      const own = text(rules, { variables: { RUN: 'no' } });
      expect('a' in nodesOf(own)).toBe(false);
      expect('a' in nodesOf(own, { set: { RUN: 'yes' } })).toBe(true);
    });

    it('refuses where no pipeline runs, and says so where that is not known', () => {
      const workflow = { workflow: { rules: [{ if: '$CI_COMMIT_TAG' }] } };
      expect(refused(pipeline({ a: {} }, workflow), { set: { CI_COMMIT_BRANCH: 'x' } })).toContain(
        'workflow.rules: no pipeline runs',
      );
      expect(notes(pipeline({ a: {} }, workflow))).toContain(
        'changed workflow.rules: the pipeline runs whether',
      );
    });
  });

  // doc/ci/yaml/deprecated_keywords.md
  describe('with only and except', () => {
    it.each<[object, Record<string, string>, boolean]>([
      [{ only: ['main'] }, { CI_COMMIT_BRANCH: 'main' }, true],
      [{ only: ['main'] }, { CI_COMMIT_BRANCH: 'x' }, false],
      [{ only: ['/^release-.*$/'] }, { CI_COMMIT_BRANCH: 'release-1' }, true],
      [{ only: ['tags'] }, { CI_COMMIT_BRANCH: 'main' }, false],
      [{ only: ['tags'] }, { CI_COMMIT_TAG: 'v1' }, true],
      [{ only: ['merge_requests'] }, { CI_COMMIT_BRANCH: 'main' }, false],
      [{ only: ['merge_requests'] }, { CI_PIPELINE_SOURCE: 'merge_request_event' }, true],
      [{ except: ['main'] }, { CI_COMMIT_BRANCH: 'main' }, false],
      [{ except: ['schedules'] }, { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'main' }, false],
      [
        { only: { refs: ['branches'], variables: ['$FULL == "1"'] } },
        { CI_COMMIT_BRANCH: 'x', FULL: '0' },
        false,
      ],
      [{ only: { variables: ['$FULL == "1"'] } }, {}, true],
      [{}, { CI_PIPELINE_SOURCE: 'merge_request_event' }, false],
    ])('decides %j with %j', (job, set, isIn) => {
      expect('a' in nodesOf(pipeline({ other: { rules: [{ when: 'always' }] }, a: job }), { set })).toBe(
        isIn,
      );
    });
  });

  describe('with settings', () => {
    it('keeps tags, time limits, retries and resource groups', () => {
      const text = pipeline({
        a: {
          tags: ['linux', '$ARCH', 'two words'],
          timeout: '1h 30m',
          retry: { max: 2, when: ['runner_system_failure', 'stuck_or_timeout_failure'] },
          resource_group: '$ARCH-board',
          variables: { ARCH: 'arm' },
        },
        b: { retry: 1 },
        c: { retry: { max: 2, exit_codes: [137] } },
      });
      const nodes = nodesOf(text);
      expect(nodes['a']).toMatchObject({
        labels: ['linux', 'arm'],
        timeoutMs: 5_400_000,
        retry: { maxAttempts: 3, strategy: 'none', on: ['infrastructure', 'timeout'] },
        concurrency: { key: 'arm-board', limit: 1 },
      });
      expect(nodes['b']).toMatchObject({ timeoutMs: 3_600_000, retry: { maxAttempts: 2, on: 'any' } });
      expect(nodes['c']).toMatchObject({ retry: { maxAttempts: 1 } });
      expect(notes(text)).toMatch(/a.tags\[2\]: two words can be no label[\s\S]*c.retry.exit_codes/);
    });

    it('reads the reports of tests that one node alone writes', () => {
      const artifacts = (path: string) => ({ artifacts: { reports: { junit: path } } });
      const text = pipeline({
        a: artifacts('$CI_PROJECT_DIR/out/a.xml'),
        b: artifacts('report.xml'),
        c: artifacts('report.xml'),
        d: { ...artifacts('d.xml'), parallel: 2 },
        e: artifacts('../e.xml'),
      });
      const nodes = nodesOf(text);
      expect(nodes['a']?.work).toMatchObject({ reports: [{ path: 'out/a.xml' }] });
      for (const id of ['b', 'c', 'd-1', 'e']) expect(nodes[id]?.work).not.toHaveProperty('reports');
      expect(notes(text)).toMatch(/several nodes write the report report.xml/);
    });

    // doc/ci/variables/_index.md, passing variables to later jobs; doc/ci/yaml/_index.md, needs:artifacts, dependencies
    it('gives later jobs the variables of a dotenv report whose names its script shows', () => {
      const dotenv = { artifacts: { reports: { dotenv: 'out/build.env' } } };
      const text = pipeline({
        build: {
          stage: 'build',
          ...dotenv,
          script: ['echo "VERSION=$(date)" > out/build.env', "echo 'A=1' >> out/build.env"],
        },
        many: { stage: 'build', ...dotenv, parallel: 2, script: 'echo X=1 > out/build.env' },
        all: { variables: { A: 'own' }, script: 'echo $A' },
        needs: { needs: ['build'] },
        without: { needs: [{ job: 'build', artifacts: false }] },
        independent: { dependencies: [] },
        other: { needs: [] },
      });
      const { graph } = imported(text);
      const variables = Object.fromEntries(graph.nodes.map((node) => [node.id, node.with]));
      const output = (name: string) => `results.\`build\`.outputs.${name}`;
      const given = (name: string) => `$exists(${output(name)}) ? ${output(name)} : ''`;
      const both = { VERSION: given('VERSION'), A: given('A') };
      expect(variables).toEqual({ all: both, needs: both });
      expect(graph.nodes.find(({ id }) => id === 'all')?.run).toContain(`[ -n "\${A-}" ] || export A='own'`);
      expect(notes(text)).toMatch(/jobs that come after it get VERSION, A, [\s\S]*their names are not known/);
      nodesOf(text);
    });

    it('notes whatever else a job says, once at its place', () => {
      const job = {
        image: 'node:20',
        services: ['redis'],
        cache: { paths: ['x'] },
        artifacts: { paths: ['x'], reports: { coverage_report: {} } },
        environment: 'prod',
        coverage: '/x/',
        release: { tag_name: 'x' },
        interruptible: true,
        dependencies: [],
        secrets: {},
        id_tokens: {},
        pages: true,
        novelty: 1,
        before_script: [],
      };
      const lines = noteLines(imported(pipeline({ a: job, b: {} })));
      for (const key of Object.keys(job).filter((name) => name !== 'before_script')) {
        expect(lines.filter((line) => line.startsWith(`left-out a.${key}`)).length).toBeGreaterThan(0);
      }
      expect(lines).toHaveLength(14);
    });
  });

  describe('with a parallel job', () => {
    it('writes shards and a matrix of one product as the graph has them', () => {
      const { graph } = imported(
        pipeline({ a: { parallel: 4 }, b: { parallel: { matrix: [{ X: [1, 2] }] } } }),
      );
      expect(graph.nodes).toEqual([
        expect.objectContaining({ id: 'a', shards: 4 }),
        expect.objectContaining({ id: 'b', matrix: { X: ['1', '2'] } }),
      ]);
    });

    it.each([
      ['its tags name the matrix', { tags: ['$X'] }],
      ['its rules name the matrix', { rules: [{ if: '$X == "1"' }, { when: 'on_success' }] }],
      ['its script asks which one it is', { script: 'echo $CI_NODE_INDEX' }],
      ['its script has braces of its own', { script: 'echo {{ name }}' }],
    ])('writes a node for each where %s', (_, more) => {
      const nodes = nodesOf(pipeline({ a: { parallel: { matrix: [{ X: ['1', '2'] }] }, ...more } }));
      expect(Object.keys(nodes)).toEqual(['a-1', 'a-2']);
      expect(
        imported(pipeline({ a: { parallel: { matrix: [{ X: ['1', '2'] }] }, ...more } })).graph.nodes,
      ).toHaveLength(2);
    });

    it('gives a job of the matrix that its rules leave out no node', () => {
      const rules = [{ if: '$X == "1"', when: 'never' }, { when: 'on_success' }];
      const nodes = nodesOf(
        pipeline({ a: { parallel: { matrix: [{ X: ['1', '2'] }] }, rules }, b: { stage: 'deploy' } }),
      );
      expect(Object.keys(nodes)).toEqual(['a-2', 'b']);
    });
  });
});
