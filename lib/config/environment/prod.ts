import { BASE } from './base';

export const prod = {
  ...BASE,
  name: 'prod',
  logRetentionDays: 365,
  // An alarm takes three minutes: until then one call in ten is at stake, and no more.
  deployment: 'CANARY_10PERCENT_10MINUTES',
  functions: { memoryMb: 1_024, timeoutSeconds: 15 },
  concurrency: {
    account: 1_000,
    reserved: { ...BASE.concurrency.reserved, authorizer: 50, 'worker-heartbeat': 40, 'worker-socket': 40 },
    consumers: { ...BASE.concurrency.consumers, 'job-inputs': 150, dispatch: 80, effects: 40 },
  },
  letters: { ...BASE.letters, archiveDays: 730 },
  audit: { ...BASE.audit, anchorDays: 2_557 },
  cleanup: { ...BASE.cleanup, jobDays: 365 },
  api: { ratePerSecond: 2_000, burst: 4_000 },
} as const;
