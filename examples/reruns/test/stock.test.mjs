import assert from 'node:assert/strict';
import { appendFileSync, existsSync } from 'node:fs';
import { test } from 'node:test';

/** Written by each test that runs, so that one can see afterwards which tests ran how often. */
const NOTES = '.reprise/reruns/notes.txt';

/** Stands for what a test waits for that is not always there in time. */
const WARM = '.reprise/reruns/warm';

test('counts what is in stock', () => {
  note('counts');
  assert.equal(
    [2, 3].reduce((sum, n) => sum + n),
    5,
  );
});

test('reserves the last piece', () => {
  note('reserves');
  const isWarm = existsSync(WARM);
  appendFileSync(WARM, '');
  assert.ok(isWarm, 'the stock did not answer in time');
});

function note(name) {
  appendFileSync(NOTES, `${process.env.REPRISE_ATTEMPT} ${name}\n`);
}
