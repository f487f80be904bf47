// Merges what every suite wrote into one junit.xml and one summary. Reports failures, and does not repeat them:
// the suites have failed already.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type AttemptFile, merge } from '../report/merge';
import { summary } from '../report/summary';
import { junitXml } from '../report/write';
import { output, resultsDirectory } from './job';

const results = resultsDirectory();
mkdirSync(results, { recursive: true });
const report = merge(attemptFiles());
const text = summary(report);
writeFileSync(join(results, 'junit.xml'), junitXml(report));
writeFileSync(join(results, 'summary.txt'), text);
console.log(text);
console.log(`All of it: ${relative(process.cwd(), results)}`);
output({ total: report.total, failed: report.failed, helpedByRetry: report.helpedByRetry });

function attemptFiles(): AttemptFile[] {
  return readdirSync(results, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(results, name)).flatMap((file) => {
        const number = /^attempt-(\d+)\.xml$/.exec(file)?.[1];
        if (number === undefined) return [];
        return [
          { node: name, attempt: Number(number), xml: readFileSync(join(results, name, file), 'utf8') },
        ];
      }),
    );
}
