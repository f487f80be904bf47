import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import type { Alarms } from './alarm-topic';
import { QueueWithDlq } from './queue-with-dlq';
import { RedriveQueue } from './redrive-queue';

/** The queues of the engine. */
export class EngineQueues extends Construct {
  /** Inputs of jobs, in order per job. */
  readonly jobs: QueueWithDlq;
  /** Inputs of pools, in order per pool. */
  readonly pools: QueueWithDlq;
  /** Inputs of dependencies, in order per dependency. */
  readonly dependencies: QueueWithDlq;
  /** Inputs of groups of letters, in order per group. */
  readonly letters: QueueWithDlq;
  /** Inputs of targets of notifications, in order per target. */
  readonly targets: QueueWithDlq;
  /** Notifications to be delivered. */
  readonly deliveries: QueueWithDlq;
  /** Letters: they go through it into its DLQ, and come back into it when somebody redrives them there. */
  readonly redrive: RedriveQueue;
  /** Attempts to be handed to workers. */
  readonly dispatch: QueueWithDlq;
  /** Inputs of jobs and dependencies that are due later. */
  readonly timers: QueueWithDlq;
  /** Effects that the fast path did not confirm. */
  readonly effects: QueueWithDlq;
  /** Graphs whose state machines are wanted. */
  readonly graphs: QueueWithDlq;
  /** What triggers hear, and the jobs that they and events ask for. */
  readonly triggers: QueueWithDlq;
  /** Jobs that have ended, to be learned from. */
  readonly lessons: QueueWithDlq;

  /** When the sweeper is to be called between two calls of the clock. */
  readonly sweeps: QueueWithDlq;

  constructor(scope: Construct, id: string, environment: EnvironmentConfig, alarms: Alarms) {
    super(scope, id);
    const common = { settings: environment.queues, alarms };
    const vital = { ...common, fifo: true, isVital: true, maxAgeMinutes: 5 } as const;
    this.jobs = new QueueWithDlq(this, 'Jobs', vital);
    this.pools = new QueueWithDlq(this, 'Pools', vital);
    this.dependencies = new QueueWithDlq(this, 'Dependencies', { ...common, fifo: true, maxAgeMinutes: 5 });
    this.letters = new QueueWithDlq(this, 'Letters', { ...common, fifo: true, maxAgeMinutes: 5 });
    this.targets = new QueueWithDlq(this, 'Targets', { ...common, fifo: true, maxAgeMinutes: 5 });
    this.deliveries = new QueueWithDlq(this, 'Deliveries', { ...common, maxAgeMinutes: 5 });
    this.redrive = new RedriveQueue(this, 'Redrive', environment, alarms);
    this.dispatch = new QueueWithDlq(this, 'Dispatch', { ...common, maxAgeMinutes: 5 });
    // A delayed message ages while it waits, which is 15 minutes at most.
    this.timers = new QueueWithDlq(this, 'Timers', { ...common, maxAgeMinutes: 30 });
    this.effects = new QueueWithDlq(this, 'Effects', { ...common, maxAgeMinutes: 5 });
    // Waiting is normal here: Step Functions lets about one machine a second be made.
    this.graphs = new QueueWithDlq(this, 'Graphs', { ...common, maxAgeMinutes: 60 });
    // So it is here: what a full queue of jobs refuses is tried again, as a new message, within 15 minutes.
    this.triggers = new QueueWithDlq(this, 'Triggers', { ...common, maxAgeMinutes: 30, takesRules: true });
    this.sweeps = new QueueWithDlq(this, 'Sweeps', { ...common, maxAgeMinutes: 5 });
    // Nothing waits for it.
    this.lessons = new QueueWithDlq(this, 'Lessons', { ...common, maxAgeMinutes: 60 });
  }
}
