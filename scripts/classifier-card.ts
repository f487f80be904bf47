import { readFileSync, writeFileSync } from 'node:fs';
import { FAILURE_CLASSES } from '../lib/core/model/failure';

/** What was measured on one part of the corpus. */
export interface Measured {
  readonly messages: number;
  readonly macroF1: number;
  readonly accuracy: number;
  readonly retryHelps: number;
  readonly retryHelpsCountingUnknownAsNo: number;
  readonly calibrationError: number;
  readonly f1: Readonly<Record<string, number>>;
  /** Rows are the class of a message, columns what was said, in the order of `FAILURE_CLASSES`. */
  readonly confusion: readonly (readonly number[])[];
}

const CARD = 'docs/failure-classification.md';
const [BEGIN, END] = ['<!-- measured: npm run train -->', '<!-- /measured -->'];

const PARTS = {
  heldOut: 'tools that were not trained on',
  heldOutModelOnly: 'the same, without the rules',
  reported: 'reported messages only',
  crossValidation: 'cross-validation by project on the rest',
} as const;

/** Writes what was measured into the card of the model, between its marks. */
export function writeCard(report: Readonly<Record<keyof typeof PARTS, Measured>>): void {
  const card = readFileSync(CARD, 'utf8');
  const [from, to] = [card.indexOf(BEGIN), card.indexOf(END)];
  const figures = [summary(report), confusion(report.heldOut)].join('\n\n');
  writeFileSync(CARD, `${card.slice(0, from + BEGIN.length)}\n\n${figures}\n\n${card.slice(to)}`);
}

function summary(report: Readonly<Record<keyof typeof PARTS, Measured>>): string {
  const rows = Object.entries(PARTS).map(([name, title]) => {
    const { messages, macroF1, accuracy, ...more } = report[name as keyof typeof PARTS];
    const { retryHelps, retryHelpsCountingUnknownAsNo, calibrationError } = more;
    const figures = [macroF1, accuracy, retryHelps, retryHelpsCountingUnknownAsNo, calibrationError];
    return `| ${title} | ${messages} | ${figures.map((figure) => figure.toFixed(3)).join(' | ')} |`;
  });
  return [
    '| measured on | messages | macro-F1 | right class | retry helps | where `unknown` is a no | calibration error |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

function confusion({ confusion: counts, f1 }: Measured): string {
  const short = FAILURE_CLASSES.map((name) => name.slice(0, 6));
  const rows = FAILURE_CLASSES.map(
    (name, row) => `| ${name} | ${counts[row]!.join(' | ')} | ${(f1[name] ?? 0).toFixed(2)} |`,
  );
  return [
    `| is \\ said | ${short.join(' | ')} | F1 |`,
    `| --- | ${short.map(() => '---:').join(' | ')} | ---: |`,
    ...rows,
  ].join('\n');
}
