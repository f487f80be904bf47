import type { EventPublisher, Notifier, Submissions, TriggerSources } from '../../../core/ports/effects';

/** What of a runtime reaches beyond its own jobs: triggers with their clocks and events. */
export interface Outside extends TriggerSources, Submissions, EventPublisher, Notifier {
  /** Whether this process runs the job: no other can be cancelled. */
  readonly isRunning: (jobId: string) => Promise<boolean>;
  readonly close: () => void;
}

const nothing = async () => undefined;

/** Nobody outside hears of a run: listeners of this process take events from `onEvents`. */
export const SILENT: Outside = {
  arm: nothing,
  submit: nothing,
  publish: nothing,
  deliver: nothing,
  isRunning: async () => false,
  close: () => undefined,
};
