import { BASE } from './base';

export const dev = {
  ...BASE,
  name: 'dev',
  logLevel: 'DEBUG',
  logRetentionDays: 7,
  dataRetained: false,
} as const;
