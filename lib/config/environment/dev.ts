import { BASE } from './base';

export const dev = {
  ...BASE,
  name: 'dev',
  logLevel: 'DEBUG',
  logRetentionDays: 7,
  dataRetained: false,
  audit: { ...BASE.audit, anchorDays: 1 },
  letters: { ...BASE.letters, archiveDays: 30 },
} as const;
