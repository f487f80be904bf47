/** What `import ... from 'reprise'` gives: graphs compiled and run from a program, as `reprise compile` and `run` do. */
export { ERRORS, type ErrorCode, isRepriseError, type Problem, RepriseError } from '../core/errors';
export { type Compiled, type CompileGraphOptions, compileGraph } from './compile';
export type { GraphSource } from './graph-source';
export {
  type JournalEvent,
  type NodeOutcome,
  type RunGraphOptions,
  type RunOutcome,
  runGraph,
} from './run';
