import { writeJobCtrf } from './write-job-ctrf';
import { writeJobJUnit } from './write-job-junit';

/** Formats in which other tools read what became of a whole job. */
export const JOB_FORMATS = { junit: writeJobJUnit, ctrf: writeJobCtrf } as const;
export type JobFormat = keyof typeof JOB_FORMATS;
