import { readdirSync, readFileSync } from 'node:fs';

interface Item {
  readonly text: string;
  readonly link: string;
}

const page = (text: string, name: string): Item => ({ text, link: `/${name}` });

/** The pages of a folder by their headings, in the order of their files. */
function pagesOf(folder: string): Item[] {
  const files = readdirSync(`docs/${folder}`).filter(
    (file) => file.endsWith('.md') && !file.startsWith('0000-'),
  );
  return files.sort().map((file) => {
    const [, heading = file] = /^# (.+)$/m.exec(readFileSync(`docs/${folder}/${file}`, 'utf8')) ?? [];
    const name = file === 'README.md' ? '' : file.replace(/\.md$/, '');
    return page(heading.replaceAll('`', ''), folder === '' ? name : `${folder}/${name}`);
  });
}

interface Group {
  readonly text: string;
  readonly collapsed?: boolean;
  readonly items: readonly Item[];
}

const groups: readonly Group[] = [
  {
    text: 'Start',
    items: [
      page('Your first graph in five minutes', 'tutorial/'),
      page('All the way, over the API', 'tutorial/on-aws'),
    ],
  },
  {
    text: 'Come from elsewhere',
    items: [
      page('Plain Playwright sharding', 'migrate/playwright'),
      page('GitHub Actions', 'migrate/github-actions'),
      page('GitLab CI', 'migrate/gitlab'),
      page('Jenkins', 'migrate/jenkins'),
    ],
  },
  {
    text: 'How to',
    items: [
      page('The page', 'dashboard'),
      page('Outputs, conditions, fan-out', 'conditions'),
      page('Retry by evidence', 'retries'),
      page('Run failed tests again alone', 'test-reports'),
      page('Report a job', 'reporting'),
      page('Work through dead letters', 'dead-letters'),
      page('Resume a job', 'resume'),
      page('Undo what a job did', 'rollback'),
      page('Start jobs by clock and events', 'triggers'),
      page('Tell people', 'notifications'),
      page('Name external services', 'dependencies'),
      page('Import a graph', 'importing'),
      page('Run it in CI', 'ci'),
      page('Export to a CI system', 'exporting'),
      page('Draw a graph', 'drawing'),
      page('Try a fleet in virtual time', 'simulate'),
      page('Find what bounds jobs', 'capacity'),
      page('Find flakes', 'history'),
      page('See how workers are', 'health'),
      page('Configure an engine', 'configuration'),
      page('Say who may do what', 'access'),
      page('Deploy new versions', 'deployment'),
      page('Be back after a disaster', 'disaster-recovery'),
      page('Remove what is old', 'cleanup'),
      page('Check a machine', 'doctor'),
    ],
  },
  {
    text: 'Reference',
    items: [
      page('All of it', 'reference'),
      page('The command line', 'cli'),
      page('REST API', 'api'),
      page('Events', 'events'),
      page('Errors', 'errors'),
      page('Limits', 'limits'),
      page('Quotas of AWS', 'quotas'),
      page('Metrics', 'metrics'),
      page('Failure classes', 'failure-classes'),
      page('Glossary', 'glossary'),
    ],
  },
  {
    text: 'Explanation',
    items: [
      page('Architecture', 'architecture'),
      page('The compiler', 'compiler'),
      page('The scheduler', 'scheduler'),
      page('Workers', 'worker'),
      page('The embedded runtime', 'embedded'),
      page('Recovery', 'recovery'),
      page('Reconciliation', 'reconciliation'),
      page('The journal', 'journal'),
      page('The audit trail', 'audit'),
      page('Failure classification', 'failure-classification'),
      page('Tracing', 'tracing'),
      page('Security', 'security'),
      page('The data model', 'data-model'),
      page('Migrations of stores', 'migrations'),
      page('Chaos', 'chaos'),
      page('AWS and its stand-in', 'aws-truth'),
      page('Cost', 'cost'),
      page('The package', 'packaging'),
      page('Performance', 'performance'),
    ],
  },
  { text: 'Runbooks', collapsed: true, items: pagesOf('operations') },
  { text: 'Decisions', collapsed: true, items: pagesOf('adr') },
];

const named = new Set(groups.flatMap(({ items }) => items.map(({ link }) => link)));
const others = pagesOf('').filter(({ link }) => !named.has(link) && link !== '/index');

/** The order in which the pages are read. A page that nobody has placed yet stands at its end. */
export const sidebar = [...groups, ...(others.length > 0 ? [{ text: 'More', items: others }] : [])];
