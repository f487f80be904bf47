import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURE_CLASSES } from '../lib/core/model/failure';
import { FEATURE_COUNT, featuresOf } from '../lib/core/retry/classify/features';
import { normalise } from '../lib/core/retry/classify/normalise';
import { certainRule, RULES } from '../lib/core/retry/classify/rules';
import { writeCard } from './classifier-card';
import { fingerprint, HELD_OUT, readCorpus, WEIGHTS } from './classifier-corpus';

/**
 * `npm run train`: fits the model of `lib/core/retry/classify` on the corpus of `models/failures`, and writes its weights
 * and its report. Needs Python with the packages of models/failures/requirements.txt; `PYTHON` names another one.
 */
interface Fitted {
  readonly coefficients: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly temperature: number;
  readonly leastConfidence: number;
  readonly rulePrecision: readonly number[];
  readonly report: Parameters<typeof writeCard>[0];
}

function main(): void {
  // Of what is read now: it may be edited while the model is fitted.
  const inputs = fingerprint();
  const messages = readCorpus().map(({ message, class: of, project, source }) => {
    const text = normalise(message);
    const matching = RULES.filter(({ pattern }) => pattern.test(text));
    const { index, value } = featuresOf(text, matching);
    return {
      ...{ class: of, project, message, index: [...index], value: [...value] },
      heldOut: HELD_OUT.includes(project),
      reported: source.startsWith('reported'),
      rule: certainRule(matching)?.class ?? null,
    };
  });
  const fitted = fit({ classes: FAILURE_CLASSES, featureCount: FEATURE_COUNT, messages });
  const { report, coefficients, ...kept } = fitted;
  writeFileSync(WEIGHTS, sourceOf({ fingerprint: inputs, ...kept, ...quantised(coefficients) }));
  execFileSync('npx', ['biome', 'format', '--write', WEIGHTS], { stdio: 'inherit' });
  writeCard(report);
  writeFileSync('models/failures/report.json', `${JSON.stringify(report, undefined, 1)}\n`);
}

function fit(document: unknown): Fitted {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-train-'));
  try {
    const [source, target] = [join(dir, 'in.json'), join(dir, 'out.json')];
    writeFileSync(source, JSON.stringify(document));
    execFileSync(process.env['PYTHON'] ?? 'python3', ['models/failures/fit.py', source, target], {
      stdio: 'inherit',
    });
    return JSON.parse(readFileSync(target, 'utf8')) as Fitted;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A module, so that whoever bundles or imports the core needs no file beside it. */
function sourceOf(weights: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(weights).map(([name, value]) => `${name}: ${JSON.stringify(value)},`);
  const note = '/** Made by `npm run train` from models/failures. Not edited by hand. */';
  return `${note}\nexport const weights = {\n${fields.join('\n')}\n};\n`;
}

/** A byte a weight: each row is scaled so that its largest weight is 127. */
function quantised(coefficients: Fitted['coefficients']) {
  const scales = coefficients.map((row) => Math.max(...row.map(Math.abs)) / 127);
  const rows = coefficients.flatMap((row, i) => row.map((weight) => Math.round(weight / scales[i]!)));
  return { scales, rows: Buffer.from(Int8Array.from(rows).buffer).toString('base64') };
}

main();
