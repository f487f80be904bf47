import { BASE } from './base';

export const staging = { ...BASE, name: 'staging' } as const;
