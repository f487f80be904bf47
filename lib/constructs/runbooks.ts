/** Where the pages are that say for every alarm what it means, how to look and what to do: one each. */
const RUNBOOKS_FOLDER = 'docs/operations';

/** Their names, without `.md`. */
export const RUNBOOKS = {
  dlq: 'message-in-dlq',
  lettersParked: 'letters-waiting',
  lettersOld: 'letter-old',
  keeperSilent: 'letter-keeper-silent',
  workflowLost: 'workflow-lost',
  waiting: 'queue-waiting',
  unconsumed: 'notifications-unconsumed',
  deliveriesParked: 'deliveries-parked',
  relayBehind: 'relay-behind',
  functionErrors: 'function-errors',
  throttled: 'function-throttled',
  concurrency: 'concurrency',
  sweeperSilent: 'sweeper-silent',
  keysUnavailable: 'keys-unavailable',
  recoveryFailed: 'recovery-failed',
  recoveryRate: 'recovery-rate',
  detectionLate: 'detection-late',
  schedulingSlow: 'scheduling-slow',
  queueWait: 'queue-wait-unusual',
  slotsIdle: 'slots-idle',
  breakerOpen: 'breaker-open',
  poisoned: 'inputs-poisoned',
  tableThrottled: 'table-throttled',
  machinesThrottled: 'step-functions-throttled',
  leftovers: 'leftovers',
  journalDamaged: 'journal-damaged',
  apiErrors: 'api-errors',
  availability: 'availability',
  apiSlow: 'api-slow',
  repairs: 'states-repaired',
  undelivered: 'events-undelivered',
  eventsLate: 'events-late',
  outage: 'outage',
  anchorsBehind: 'anchors-behind',
  recordsLost: 'records-lost',
} as const;

export type Runbook = keyof typeof RUNBOOKS;

/** The path of a page in the repository. */
export const runbookPage = (runbook: Runbook): string => `${RUNBOOKS_FOLDER}/${RUNBOOKS[runbook]}.md`;
