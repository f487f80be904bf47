import { BASE } from './base';

/** As prod, but that a version which is at fault soon takes all calls: here somebody is to notice. */
export const staging = { ...BASE, name: 'staging', deployment: 'LINEAR_10PERCENT_EVERY_1MINUTE' } as const;
