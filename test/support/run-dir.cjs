const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** A folder that all workers of one run share, gone when it ends: what is dear to make is made once. */
module.exports = async () => {
  process.env.REPRISE_TEST_RUN = mkdtempSync(join(tmpdir(), 'reprise-tests-'));
};

module.exports.teardown = async () => {
  rmSync(process.env.REPRISE_TEST_RUN, { recursive: true, force: true });
};
