import { Document, isMap } from 'yaml';
import type { Graph } from '../core/dag/graph';
import { type CiJob, HISTORY, REPRISE, runCommand, variablesRead } from './job';

const SUMMARY = 'reprise-summary.md';
const CODE_QUALITY = 'gl-code-quality-report.json';

/**
 * A pipeline of one job that runs the graph, keeps its history between runs, and says what failed where people look.
 * Variables of the project are the job's already, secrets among them.
 */
export function exportGitlab(job: CiJob, graph: Graph): string {
  const own = variablesRead(graph, /^(CI|GITLAB)_/);
  const key = `reprise-history.${job.name}`;
  const pipeline = {
    reprise: {
      image: 'node:22',
      variables: { REPRISE_JOB_ID: 'gl-$CI_JOB_ID' },
      cache: {
        key: `${key}.$CI_COMMIT_REF_SLUG`,
        fallback_keys: [`${key}.$CI_DEFAULT_BRANCH`],
        paths: [HISTORY],
        when: 'always',
      },
      before_script: [job.install],
      script: [runCommand(job, { own, commit: 'CI_COMMIT_SHA' })],
      after_script: [
        `${REPRISE} report "$REPRISE_JOB_ID" --summary ${SUMMARY} --code-quality ${CODE_QUALITY}`,
        `cat ${SUMMARY}`,
      ],
      artifacts: {
        when: 'always',
        expire_in: '2 weeks',
        paths: [SUMMARY, '.reprise/jobs/', '.reprise/graphs/'],
        reports: { junit: '.reprise/jobs/*/reports/*.xml', codequality: CODE_QUALITY },
      },
    },
  };
  const document = new Document(pipeline);
  document.commentBefore = head(job);
  const written = document.get('reprise', true);
  if (isMap(written)) {
    for (const { key: name } of written.items) {
      const remark = REMARKS[String(name)];
      if (remark !== undefined) Object.assign(name as object, { commentBefore: remark });
    }
  }
  return document.toString({ lineWidth: 0 });
}

function head({ file, secrets, variables }: CiJob): string {
  const names = [...secrets, ...variables];
  return [
    ` Written by \`reprise export gitlab ${file}\`; yours to change.`,
    ...(names.length === 0 ? [] : [` It needs these CI/CD variables of the project: ${names.join(', ')}.`]),
  ].join('\n');
}

const REMARKS: Readonly<Record<string, string>> = {
  cache:
    ' The history of the branch, else that of the default branch; kept after a failure too. GitLab keeps caches of\n protected branches from others: a new branch begins without a history where yours is protected.',
  artifacts:
    ' With the artifacts in a directory DIR: `reprise explain JOB NODE --journal DIR`. Where the working directory is\n kept (a runner of your own), `reprise resume JOB` runs again what did not succeed, and nothing else.',
};
