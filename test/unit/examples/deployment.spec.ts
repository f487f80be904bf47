import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ENVIRONMENT_NAMES } from '../../../lib/config/environments';
import { workflowErrors } from '../../support/github-workflow';

const FOLDER = 'examples/deployment';
const textOf = (file: string) => readFileSync(`${FOLDER}/${file}`, 'utf8');

interface Job {
  readonly needs?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps?: readonly { readonly run?: string; readonly uses?: string }[];
  readonly with?: Readonly<Record<string, string>>;
}

const jobsOf = (file: string): Record<string, Job> => parse(textOf(file)).jobs;

describe('the example of a pipeline', () => {
  it.each(readdirSync(FOLDER).filter((file) => file.endsWith('.yml')))(
    '%s is a workflow to GitHub',
    async (file) => {
      expect(await workflowErrors(textOf(file))).toEqual([]);
    },
  );

  it('deploys every environment of AWS after the one before it, and after the tests', () => {
    const deployed = Object.entries(jobsOf('deploy.yml')).filter(([, { uses }]) => uses !== undefined);
    expect(deployed.map(([, job]) => [job.with?.['environment'], job.needs])).toEqual([
      ['dev', 'test'],
      ['staging', 'dev'],
      ['prod', 'staging'],
    ]);
    expect(deployed.map(([name]) => name)).toEqual(ENVIRONMENT_NAMES.filter((name) => name !== 'local'));
  });

  it('synthesises once, shows what would change, and deploys that same assembly after an approval', () => {
    const { diff, deploy } = jobsOf('deploy-environment.yml') as { diff: Job; deploy: Job };
    const commands = (job: Job) => (job.steps ?? []).map(({ run = '' }) => run).join('\n');
    expect(commands(diff)).toMatch(/cdk synth[\s\S]*cdk diff --all --app cdk\.out[\s\S]*reprise doctor/);
    expect(commands(deploy)).toMatch(/cdk deploy --all --app cdk\.out[\s\S]*reprise migrate/);
    expect(commands(deploy)).not.toContain('synth');
    expect([deploy.needs, deploy.environment]).toEqual(['diff', '${{ inputs.environment }}']);
  });

  it('holds no key of AWS, and puts nothing that somebody typed into a shell', () => {
    for (const file of readdirSync(FOLDER))
      expect(textOf(file)).not.toMatch(/secrets\.|AWS_SECRET|ACCESS_KEY/);
    const jobs = readdirSync(FOLDER).flatMap((file) => Object.values(jobsOf(file)));
    for (const { steps = [] } of jobs) for (const { run = '' } of steps) expect(run).not.toContain('${{');
    for (const { steps = [], permissions } of jobs) {
      const assumes = steps.some(({ uses = '' }) => uses.startsWith('aws-actions/'));
      if (steps.length > 0) expect(permissions['id-token']).toBe(assumes ? 'write' : undefined);
    }
  });
});
