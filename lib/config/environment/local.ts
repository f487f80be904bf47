import { BASE } from './base';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Functions at a time, of queues that hand out as many batches as they are allowed to. */
const FEW = { dispatch: 4, effects: 4, timers: 2, triggers: 2, deliver: 2, learner: 2 };

/** This machine: what is set here is what the local cloud and a developer's patience need. */
export const local = {
  ...BASE,
  name: 'local',
  // MiniStack waits 50 ms for a function that says nothing.
  logLevel: 'DEBUG',
  logRetentionDays: 1,
  dataRetained: false,
  alarms: false,
  // Nothing crosses a network here.
  reconciler: { graceSeconds: 10 },
  // Cold starts share the developer's cores.
  functions: { memoryMb: 256, timeoutSeconds: 15 },
  // No account shares its concurrency here. A function more at a time is a process more of the same cores.
  concurrency: { ...BASE.concurrency, reserved: {}, consumers: { ...BASE.concurrency.consumers, ...FEW } },
  letters: { ...BASE.letters, archiveDays: 14 },
  queues: { ...BASE.queues, visibilitySeconds: 30 },
  // The agents are on this machine, and who is notified may be.
  workers: { httpCidrs: LOOPBACK },
  receivers: { httpCidrs: LOOPBACK },
  // A function would sign in each second in which a journal grows, on the developer's cores. `-c anchors=on` has it so.
  audit: { ...BASE.audit, anchored: false, anchorDays: 1, anchorWindowSeconds: 1 },
  // scripts/local.ts gives the issuer of this machine, and its keys.
  auth: {
    issuer: 'https://auth.example.com/local',
    audience: 'reprise-local',
    maxLifetimeSeconds: 30 * 24 * 3_600,
  },
} as const;
