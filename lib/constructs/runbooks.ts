/** The page that says for every alarm what it means and what to do: a heading each. */
export const RUNBOOKS_PAGE = 'docs/runbooks.md';

/** Headings of the page. */
export const RUNBOOKS = {
  dlq: 'A message is in a DLQ',
  lettersParked: 'Letters wait for a person',
  lettersOld: 'A letter waits for long',
  keeperSilent: 'The letter keeper does not run',
  workflowLost: 'A workflow ended before its job',
  waiting: 'Messages wait in a queue',
  unconsumed: 'Nobody consumes the notifications',
  relayBehind: 'The outbox relay is behind',
  functionErrors: 'A function fails',
  throttled: 'A function is throttled',
  concurrency: 'The account runs out of concurrency',
  sweeperSilent: 'The sweeper does not run',
  keysUnavailable: 'The keys of the issuer cannot be had',
  recoveryFailed: 'A recovery has failed',
  poisoned: 'Inputs are poisoned',
  tableThrottled: 'The table is throttled',
  machinesThrottled: 'Step Functions throttles',
  leftovers: 'Something old could not be removed',
  apiErrors: 'Calls of the API fail on our side',
  repairs: 'States are repaired often',
  anchorsBehind: 'Journals are anchored late',
  recordsLost: 'The audit trail lacks records',
  undelivered: 'The bus could not deliver an event',
} as const;

export type Runbook = keyof typeof RUNBOOKS;
