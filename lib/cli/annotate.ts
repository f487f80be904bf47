import { appendFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Layout } from '../adapters/embedded/disk/layout';
import { RepriseError } from '../core/errors';
import { writeText } from './files';
import { addSummary, resultsOf, rootOfRepository, SUMMARY_BYTES } from './job-results';
import { type JobSummary, summariseJob } from './job-summary';
import { JOURNAL_OPTION, layoutAt, parseJobId } from './options';
import { printDocument } from './print';
import { githubAnnotations } from './render/annotations';
import { codeQuality } from './render/code-quality';
import { summaryMarkdown } from './render/summary';

const SYSTEMS = ['github', 'gitlab'] as const;
export type CiSystem = (typeof SYSTEMS)[number];

/** Files that CI systems are told of: the action and the template that come with us name them. */
export const CI_FILES = {
  junit: 'reprise-junit.xml',
  ctrf: 'reprise-ctrf.json',
  summary: 'reprise-summary.md',
  codeQuality: 'gl-code-quality-report.json',
} as const;

interface Options {
  readonly for?: CiSystem;
  readonly journal: string;
  readonly json?: boolean;
}

/** `reprise annotate JOB`: what failed of a job, as the CI system that this runs in shows it. */
export function registerAnnotate(program: Command): void {
  program
    .command('annotate')
    .description(
      `tell the CI system what failed, at its lines: annotations and a summary of GitHub, or ${CI_FILES.codeQuality} and ${CI_FILES.summary} for GitLab; for both ${CI_FILES.junit} and ${CI_FILES.ctrf}`,
    )
    .argument('<job>', 'the id of the job', parseJobId)
    .addOption(
      new Option('--for <system>', 'which system; told by its variables by default').choices(SYSTEMS),
    )
    .option('--json', 'print one JSON document: the status of the job and the files that were written')
    .option(...JOURNAL_OPTION)
    .action(async (jobId: string, { for: named, journal, json }: Options) => {
      const told = await annotate(layoutAt(journal), jobId, {
        system: named ?? systemOf(process.env),
        write: (text) => void (json ? process.stderr : process.stdout).write(text),
      });
      if (json) printDocument(told);
    });
}

/** Of `reprise run`: as `annotate` when the job is over. */
export function annotateOption(): Option {
  return new Option(
    '--annotate <system>',
    'tell this CI system what failed when the job is over (`reprise annotate`)',
  ).choices(SYSTEMS);
}

interface Annotating {
  readonly system: CiSystem;
  /** Where workflow commands go: GitHub reads both outputs of a step. */
  readonly write: (text: string) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Annotated {
  readonly jobId: string;
  readonly status: string | undefined;
  readonly system: CiSystem;
  readonly files: readonly string[];
}

/** Tells a CI system of a job of a directory. @throws RepriseError JOB_NOT_FOUND, INPUT_INVALID for a file that cannot be written */
export async function annotate(
  layout: Layout,
  jobId: string,
  { system, write, env = process.env }: Annotating,
): Promise<Annotated> {
  const summary = await summariseJob(layout, jobId, rootOfRepository());
  await writeText(CI_FILES.junit, await resultsOf(layout, jobId, 'junit'));
  await writeText(CI_FILES.ctrf, await resultsOf(layout, jobId, 'ctrf'));
  const files: string[] = [CI_FILES.junit, CI_FILES.ctrf];
  if (system === 'github') await tellGithub(summary, { write, env });
  else {
    await writeText(CI_FILES.codeQuality, codeQuality(summary));
    await writeText(CI_FILES.summary, summaryMarkdown(summary, SUMMARY_BYTES));
    files.push(CI_FILES.codeQuality, CI_FILES.summary);
  }
  return { jobId, status: summary.status, system, files };
}

/** Annotations where the step's output is read, the summary and outputs where its files are. */
async function tellGithub(
  summary: JobSummary,
  { write, env = {} }: Pick<Annotating, 'write' | 'env'>,
): Promise<void> {
  write(githubAnnotations(summary));
  const { GITHUB_STEP_SUMMARY: page, GITHUB_OUTPUT: outputs } = env;
  if (page) await addSummary(page, summary);
  const { jobId, status = 'unfinished' } = summary;
  const { junit, ctrf } = CI_FILES;
  // Ids, statuses and these names hold no line ends.
  const lines = Object.entries({ 'job-id': jobId, status, junit, ctrf }).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  if (outputs) await appendFile(outputs, lines.join(''));
}

/** By what each system sets in every job. @throws RepriseError INPUT_INVALID where it is neither */
function systemOf(env: Readonly<Record<string, string | undefined>>): CiSystem {
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  if (env['GITLAB_CI'] === 'true') return 'gitlab';
  throw new RepriseError(
    'INPUT_INVALID',
    `this runs neither in GitHub Actions nor in GitLab CI: say whom to tell with --for ${SYSTEMS.join(' or --for ')}`,
  );
}
