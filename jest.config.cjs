/** Packages published as ES modules only; Jest's CommonJS runtime needs them transformed. */
const esmOnly = ['@bomb.sh', '@middy', '@actions', '@seriousme', 'ansi_up', '@noble', 'jose'];

/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: {
    '\\.m?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  /** Its package names no entry for CommonJS. */
  moduleNameMapper: { '^@actions/expressions$': '<rootDir>/node_modules/@actions/expressions/dist/index.js' },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  testEnvironment: '<rootDir>/test/support/process-context.cjs',
  maxWorkers: 2,
  // What specs leave behind in a process makes collecting garbage slower for those after them.
  workerIdleMemoryLimit: '600MB',
  globalSetup: '<rootDir>/test/support/run-dir.cjs',
  globalTeardown: '<rootDir>/test/support/run-dir-teardown.cjs',
  setupFiles: ['<rootDir>/test/support/quiet.cjs'],
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  reporters: ['default', '<rootDir>/test/support/tally-reporter.cjs'],
  testTimeout: 30_000,
};
