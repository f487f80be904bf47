import { access, constants, statfs } from 'node:fs/promises';
import type { Check, Sight } from '../core/health/health';

/** Less than this share of the disk is free: somebody should look. */
const LOW_SHARE = 0.1;
/** Less than that, in bytes, is no room for a journal to go on in. */
const LEAST_BYTES = 64 * 1024 ** 2;
/** So much is enough, whatever share of a large disk it is. */
const ENOUGH_BYTES = 20 * 1024 ** 3;

/** The directory that the journals are in: that it can be written, and that there is room. */
export function diskCheck(root: string): Check {
  return {
    ...{ component: 'disk', measurement: 'free', type: 'datastore', isVital: true },
    look: async () => {
      await access(root, constants.W_OK);
      const { bavail, blocks, bsize } = await statfs(root);
      return sightOfDisk({ free: bavail * bsize, size: blocks * bsize });
    },
  };
}

/** @param disk bytes that are free to us, and in all. */
export function sightOfDisk({ free, size }: { readonly free: number; readonly size: number }): Sight {
  const observed = { value: free, unit: 'bytes' };
  if (free < LEAST_BYTES) return { status: 'fail', observed, output: 'there is no room for the journals' };
  const isLow = free < ENOUGH_BYTES && free < size * LOW_SHARE;
  return isLow ? { status: 'warn', observed, output: 'the disk is nearly full' } : { observed };
}

/** Whether the engine of this process goes on. @param failure why it does not. */
export function engineCheck(failure: () => unknown): Check {
  return {
    ...{ component: 'engine', measurement: 'running', type: 'component', isVital: true },
    look: async () => {
      const error = failure();
      const observed = { value: error === undefined ? 1 : 0, unit: 'running' };
      if (error === undefined) return { observed };
      const output = error instanceof Error ? error.message : String(error);
      return { status: 'fail', observed, output };
    },
  };
}
