import { BASE } from './base';

export const dev = {
  ...BASE,
  name: 'dev',
  logLevel: 'DEBUG',
  logRetentionDays: 7,
  dataRetained: false,
  audit: { anchorDays: 1, anchorLock: 'governance' },
  letters: { ...BASE.letters, archiveDays: 30 },
} as const;
