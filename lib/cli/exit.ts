/**
 * Exit status of the contract: 0 done, 1 the job failed, 2 the input or the usage was wrong; 130 after a second Ctrl-C, as
 * shells count a death by SIGINT.
 */
export const EXIT = { done: 0, failed: 1, usage: 2, forced: 130 } as const;
