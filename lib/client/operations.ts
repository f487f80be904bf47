// Made of docs/openapi.json by `npm run client`: what is changed here is lost.

export type OutputSchema0 =
  | string
  | number
  | boolean
  | null
  | OutputSchema0[]
  | {
      [k: string]: OutputSchema0;
    };
export type InputSchema0 =
  | string
  | number
  | boolean
  | null
  | InputSchema0[]
  | {
      [k: string]: InputSchema0;
    };
export type InputSchema1 =
  | string
  | number
  | boolean
  | null
  | InputSchema1[]
  | {
      [k: string]: InputSchema1;
    };

export interface Operations {
  /**
   * List jobs, newest first
   */
  listJobs: {
    query?: {
      owner?: string;
      shared?: 'true' | 'false';
      status?: 'submitted' | 'running' | 'succeeded' | 'failed' | 'cancelled';
      limit?: number;
      cursor?: string;
      sort?: '-submitted_at' | 'submitted_at';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListJobsAnswer;
  };
  /**
   * Submit a job: a graph that runs
   */
  submitJob: {
    header?: {
      'Idempotency-Key'?: string;
    };
    body: SubmitJobRequest;
    answer: SubmitJobAnswer;
  };
  /**
   * Look at a job: its status, progress and nodes
   */
  getJob: {
    path: {
      jobId: string;
    };
    query?: {
      nodes_from?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetJobAnswer;
  };
  /**
   * Read the journal of a job
   */
  getJobEvents: {
    path: {
      jobId: string;
    };
    query?: {
      from?: number;
      limit?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetJobEventsAnswer;
  };
  /**
   * Look at the graph that a job follows
   */
  getJobGraph: {
    path: {
      jobId: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetJobGraphAnswer;
  };
  /**
   * Look at what was tried again in a job, and what that came to
   */
  getJobRetries: {
    path: {
      jobId: string;
    };
    query?: {
      outcome?: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
      limit?: number;
      cursor?: string;
      sort?: '-retries' | 'retries' | 'node_id' | '-node_id';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetJobRetriesAnswer;
  };
  /**
   * Look at what was recovered in a job: lost attempts, ended workflows
   */
  getJobRecoveries: {
    path: {
      jobId: string;
    };
    query?: {
      cause?:
        | 'workerLost'
        | 'leaseExpired'
        | 'refused'
        | 'unschedulable'
        | 'callbackLost'
        | 'workflowEnded'
        | 'jobFailed'
        | 'exhausted';
      strategy?: 'reassign' | 'restart' | 'resume' | 'rollback' | 'park';
      status?: 'open' | 'completed' | 'failed' | 'cancelled';
      limit?: number;
      cursor?: string;
      sort?: 'started_at' | '-started_at';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetJobRecoveriesAnswer;
  };
  /**
   * Read what became of a job as JUnit
   */
  getJobJUnit: {
    path: {
      jobId: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: string;
  };
  /**
   * Read what became of a job as CTRF
   */
  getJobCtrf: {
    path: {
      jobId: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetJobCtrfAnswer;
  };
  /**
   * Cancel a job
   */
  cancelJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: CancelJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Pause a job: what runs goes on, nothing else is handed out
   */
  pauseJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: PauseJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Unpause a job
   */
  unpauseJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: UnpauseJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Try again what failed in a job, or waits for its next attempt
   */
  retryJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: RetryJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Undo what a job did, in reverse order
   */
  rollbackJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: RollbackJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Resume a job that ended, over the same graph or a changed one
   */
  resumeJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: ResumeJobRequest;
    answer: ResumeJobAnswer;
  };
  /**
   * Explain why a node is where it is
   */
  explainNode: {
    path: {
      jobId: string;
      nodeId: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ExplainNodeAnswer;
  };
  /**
   * Say what the failure of an attempt was
   */
  reclassifyAttempt: {
    path: {
      jobId: string;
      nodeId: string;
      attempt: number;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: ReclassifyAttemptRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Change the priority of a job
   */
  setJobPriority: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: SetJobPriorityRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Let a user use a job as its owner does
   */
  shareJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: ShareJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Take back what a job was shared with a user for
   */
  unshareJob: {
    path: {
      jobId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: ShareJobRequest;
    answer: CancelJobAnswer;
  };
  /**
   * Register a graph: compile it and make its state machines
   */
  registerGraph: {
    header?: {
      'Idempotency-Key'?: string;
    };
    body: RegisterGraphRequest;
    answer: RegisterGraphAnswer;
  };
  /**
   * Look at a registered graph and its machines
   */
  getGraph: {
    path: {
      hash: string;
    };
    query?: {
      machine?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetGraphAnswer;
  };
  /**
   * List the queues of all pools
   */
  listQueues: {
    query?: {
      status?: 'open' | 'paused' | 'draining';
      limit?: number;
      cursor?: string;
      sort?: 'pool' | '-pool' | 'waiting' | '-waiting';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListQueuesAnswer;
  };
  /**
   * Look at the queue of a pool and its workers
   */
  getQueue: {
    path: {
      pool: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetQueueAnswer;
  };
  /**
   * Change what the queue of a pool lets in
   */
  changeQueue: {
    path: {
      pool: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: ChangeQueueRequest;
    answer: ChangeQueueAnswer;
  };
  /**
   * List what failed lately, proposals for quarantine first
   */
  getFlakes: {
    query?: {
      owner?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetFlakesAnswer;
  };
  /**
   * See what retries came to
   */
  getEffectiveness: {
    query?: {
      owner?: string;
      of?: 'owner' | 'everyone';
      slot_hour_usd?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetEffectivenessAnswer;
  };
  /**
   * Look at what is known of one kind of failure
   */
  getSignature: {
    path: {
      signature: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetSignatureAnswer;
  };
  /**
   * List known flakes
   */
  listQuarantines: {
    query?: {
      owner?: string;
      of?: 'node' | 'test';
      limit?: number;
      cursor?: string;
      sort?: 'name' | '-name' | 'created_at' | '-created_at' | 'expires_at' | '-expires_at';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListQuarantinesAnswer;
  };
  /**
   * Look at a quarantine
   */
  getQuarantine: {
    path: {
      id: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetQuarantineAnswer;
  };
  /**
   * Enter a known flake: its failures do not count until it expires
   */
  putQuarantine: {
    path: {
      id: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: PutQuarantineRequest;
    answer: GetQuarantineAnswer;
  };
  /**
   * End a quarantine
   */
  deleteQuarantine: {
    path: {
      id: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    answer: DeleteQuarantineAnswer;
  };
  /**
   * List triggers
   */
  listTriggers: {
    query?: {
      owner?: string;
      status?: 'active' | 'paused';
      limit?: number;
      cursor?: string;
      sort?: 'name' | '-name' | 'status' | '-status';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListTriggersAnswer;
  };
  /**
   * Look at a trigger
   */
  getTrigger: {
    path: {
      name: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetTriggerAnswer;
  };
  /**
   * Make or change a trigger: a schedule, or a pattern of events
   */
  putTrigger: {
    path: {
      name: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: PutTriggerRequest;
    answer: GetTriggerAnswer;
  };
  /**
   * Remove a trigger
   */
  deleteTrigger: {
    path: {
      name: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    answer: GetTriggerAnswer;
  };
  /**
   * Read the journal of a trigger
   */
  getTriggerEvents: {
    path: {
      name: string;
    };
    query?: {
      from?: number;
      limit?: number;
      owner?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetTriggerEventsAnswer;
  };
  /**
   * Pause a trigger
   */
  pauseTrigger: {
    path: {
      name: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body?: PauseTriggerRequest;
    answer: GetTriggerAnswer;
  };
  /**
   * Unpause a trigger
   */
  unpauseTrigger: {
    path: {
      name: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body?: PauseTriggerRequest;
    answer: GetTriggerAnswer;
  };
  /**
   * Fire a trigger now
   */
  fireTrigger: {
    path: {
      name: string;
    };
    query?: {
      owner?: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    answer: FireTriggerAnswer;
  };
  /**
   * List external dependencies and their breakers
   */
  listDependencies: {
    query?: {
      state?: 'closed' | 'open' | 'half_open';
      limit?: number;
      cursor?: string;
      sort?: 'name' | '-name' | 'state' | '-state';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListDependenciesAnswer;
  };
  /**
   * Look at a dependency
   */
  getDependency: {
    path: {
      name: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetDependencyAnswer;
  };
  /**
   * Hold the breaker of a dependency open or closed
   */
  forceDependency: {
    path: {
      name: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: ForceDependencyRequest;
    answer: GetDependencyAnswer;
  };
  /**
   * Close the breaker of a dependency and count anew
   */
  resetDependency: {
    path: {
      name: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body?: ResetDependencyRequest;
    answer: GetDependencyAnswer;
  };
  /**
   * List the targets of notifications
   */
  listTargets: {
    query?: {
      breaker?: 'closed' | 'open' | 'half_open';
      limit?: number;
      cursor?: string;
      sort?: 'name' | '-name' | 'parked' | '-parked' | 'alerts' | '-alerts';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListTargetsAnswer;
  };
  /**
   * Look at a target: how it stands, what waits, what could not be sent
   */
  getTarget: {
    path: {
      name: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetTargetAnswer;
  };
  /**
   * Send a sample to a target
   */
  testTarget: {
    path: {
      name: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    answer: GetTargetAnswer;
  };
  /**
   * Take up an alert: it is not escalated further
   */
  acknowledgeAlert: {
    path: {
      name: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: AcknowledgeAlertRequest;
    answer: GetTargetAnswer;
  };
  /**
   * Send again what could not be sent
   */
  redriveTarget: {
    path: {
      name: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body?: RedriveTargetRequest;
    answer: GetTargetAnswer;
  };
  /**
   * List dead letters, grouped by signature
   */
  listLetters: {
    query?: {
      owner?: string;
      status?: 'open' | 'assigned' | 'redriving' | 'resolved';
      class?:
        | 'network'
        | 'timeout'
        | 'rate-limit'
        | 'dependency'
        | 'infrastructure'
        | 'resource'
        | 'assertion'
        | 'test-code'
        | 'configuration'
        | 'auth'
        | 'unknown';
      kind?: 'node' | 'rollback' | 'recovery' | 'message';
      limit?: number;
      cursor?: string;
      sort?: '-last_parked_at' | 'last_parked_at';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListLettersAnswer;
  };
  /**
   * Look at a group of dead letters
   */
  getLetters: {
    path: {
      group: string;
    };
    query?: {
      letters_from?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetLettersAnswer;
  };
  /**
   * Redrive what is parked: one letter first, the rest when it has ended well
   */
  redriveLetters: {
    path: {
      group: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body?: RedriveLettersRequest;
    answer: RedriveLettersAnswer;
  };
  /**
   * Stop the redrive that is under way: what is left of it stays parked
   */
  stopRedrive: {
    path: {
      group: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body?: StopRedriveRequest;
    answer: RedriveLettersAnswer;
  };
  /**
   * Resolve letters without running them again
   */
  resolveLetters: {
    path: {
      group: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: ResolveLettersRequest;
    answer: RedriveLettersAnswer;
  };
  /**
   * Assign letters to a person
   */
  assignLetters: {
    path: {
      group: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: AssignLettersRequest;
    answer: RedriveLettersAnswer;
  };
  /**
   * Leave a note beside letters
   */
  noteLetters: {
    path: {
      group: string;
    };
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: NoteLettersRequest;
    answer: RedriveLettersAnswer;
  };
  /**
   * Look at the latest cleanup
   */
  getCleanup: {
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetCleanupAnswer;
  };
  /**
   * Start a cleanup, or say what it would remove
   */
  startCleanup: {
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: StartCleanupRequest;
    answer: StartCleanupAnswer;
  };
  /**
   * Look at the configuration, and where each value comes from
   */
  getConfig: {
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetConfigAnswer;
  };
  /**
   * Set keys of the configuration, in place of those that were set (If-Match: the version)
   */
  putConfig: {
    header?: {
      'Idempotency-Key'?: string;
      'If-Match'?: string;
    };
    body: PutConfigRequest;
    answer: GetConfigAnswer;
  };
  /**
   * Look at what was changed of the configuration, latest first
   */
  getConfigHistory: {
    query?: {
      limit?: number;
      cursor?: string;
      sort?: '-version' | 'version';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetConfigHistoryAnswer;
  };
  /**
   * See how the workers of a pool are
   */
  listWorkers: {
    query?: {
      pool?: string;
      status?: 'active' | 'draining' | 'cordoned' | 'probation';
      label?: string;
      limit?: number;
      cursor?: string;
      sort?: 'worker_id' | '-worker_id' | 'status' | '-status' | 'free_slots' | '-free_slots';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListWorkersAnswer;
  };
  /**
   * Register a worker
   */
  registerWorker: {
    header?: {
      'Idempotency-Key'?: string;
    };
    body: RegisterWorkerRequest;
    answer: RegisterWorkerAnswer;
  };
  /**
   * List what may be about to fail
   */
  listPredictions: {
    query?: {
      owner?: string;
      of?: 'worker' | 'dependency' | 'node' | 'test';
      limit?: number;
      cursor?: string;
      sort?: 'of' | '-of' | 'name' | '-name';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: ListPredictionsAnswer;
  };
  /**
   * Tell that a worker is alive
   */
  heartbeat: {
    path: {
      workerId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: HeartbeatRequest;
    answer: HeartbeatAnswer;
  };
  /**
   * Give a worker nothing new
   */
  cordonWorker: {
    path: {
      workerId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: CordonWorkerRequest;
    answer: HeartbeatAnswer;
  };
  /**
   * Give a worker work again
   */
  uncordonWorker: {
    path: {
      workerId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: UncordonWorkerRequest;
    answer: HeartbeatAnswer;
  };
  /**
   * Report that an attempt has started
   */
  attemptStarted: {
    path: {
      jobId: string;
      nodeId: string;
      attempt: number;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: AttemptStartedRequest;
    answer: AttemptStartedAnswer;
  };
  /**
   * Report how far an attempt is
   */
  attemptProgress: {
    path: {
      jobId: string;
      nodeId: string;
      attempt: number;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: AttemptProgressRequest;
    answer: AttemptStartedAnswer;
  };
  /**
   * Report that an attempt has succeeded
   */
  attemptCompleted: {
    path: {
      jobId: string;
      nodeId: string;
      attempt: number;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: AttemptCompletedRequest;
    answer: AttemptStartedAnswer;
  };
  /**
   * Report that an attempt has failed
   */
  attemptFailed: {
    path: {
      jobId: string;
      nodeId: string;
      attempt: number;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: AttemptFailedRequest;
    answer: AttemptStartedAnswer;
  };
  /**
   * Report on several attempts at once
   */
  reportAttempts: {
    path: {
      workerId: string;
    };
    header?: {
      'Idempotency-Key'?: string;
    };
    body: ReportAttemptsRequest;
    answer: ReportAttemptsAnswer;
  };
  /**
   * Read the journal of any stream: pools, letters, targets, breakers, the configuration, days of the audit trail
   */
  getStreamEvents: {
    path: {
      kind: 'job' | 'trigger' | 'dependency' | 'letter' | 'target' | 'pool' | 'cleanup' | 'config' | 'audit';
      id: string;
    };
    query?: {
      from?: number;
      limit?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetStreamEventsAnswer;
  };
  /**
   * Read all that carries the id of a job, a trace or a call
   */
  getTrace: {
    path: {
      id: string;
    };
    query?: {
      from?: number;
      limit?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetTraceAnswer;
  };
  /**
   * Say what bounds the makespan of the latest jobs of a pool, and what more of it would win
   */
  getBottlenecks: {
    query?: {
      pool?: string;
      jobs?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetBottlenecksAnswer;
  };
  /**
   * Forecast the demand of a pool, and recommend the fleet that keeps waits short
   */
  getCapacity: {
    query?: {
      pool?: string;
      jobs?: number;
      target_wait_seconds?: number;
      horizon_hours?: number;
      worker_hour_usd?: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetCapacityAnswer;
  };
  /**
   * Say what the slots of a pool did over time, and who had them
   */
  getUsage: {
    query?: {
      pool?: string;
      jobs?: number;
      hours?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetUsageAnswer;
  };
  /**
   * Replay recorded jobs on other fleets, under other rules or prices, beside what happened
   */
  whatIf: {
    header?: {
      'Idempotency-Key'?: string;
    };
    body?: WhatIfRequest;
    answer: WhatIfAnswer;
  };
  /**
   * Hear what changes, as server-sent events
   */
  getChanges: {
    header?: {
      'If-None-Match'?: string;
    };
    answer:
      | string
      | {
          event: 'change' | 'beat';
          data: string;
        };
  };
  /**
   * Read what the command of an attempt wrote, also while it runs
   */
  getAttemptLog: {
    path: {
      jobId: string;
      nodeId: string;
      attempt: number;
    };
    query?: {
      stream?: 'stdout' | 'stderr';
      from?: number;
      limit?: number;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetAttemptLogAnswer;
  };
  /**
   * Say how the engine is, and all that it depends on
   */
  getHealth: {
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetHealthAnswer;
  };
  /**
   * Say whether the process answers
   */
  getLiveness: {
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetHealthAnswer;
  };
  /**
   * Say whether calls can be served
   */
  getReadiness: {
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetHealthAnswer;
  };
  /**
   * Say how to come to a token
   */
  signIn: {
    header?: {
      'If-None-Match'?: string;
    };
    answer:
      | {
          method: 'token';
        }
      | {
          method: 'oidc';
          issuer: string;
          client_id: string;
          scope: string;
        };
  };
  /**
   * Read what an error means, and what mends it
   */
  describeError: {
    path: {
      code: string;
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: DescribeErrorAnswer;
  };
  /**
   * List who asked for what
   */
  getAudit: {
    query?: {
      principal?: string;
      action?: string;
      outcome?: 'accepted' | 'refused' | 'failed';
      job?: string;
      from?: string;
      to?: string;
      limit?: number;
      cursor?: string;
      sort?: 'at';
    };
    header?: {
      'If-None-Match'?: string;
    };
    answer: GetAuditAnswer;
  };
  /**
   * Put an event: triggers whose pattern asks for it fire
   */
  putEvent: {
    header?: {
      'Idempotency-Key'?: string;
    };
    body: PutEventRequest;
    answer: PutEventAnswer;
  };
}
export interface ListJobsAnswer {
  jobs: {
    job_id: string;
    name: string;
    status: string;
    owner: string;
    priority: 'critical' | 'high' | 'normal' | 'low';
    submitted_at: string;
  }[];
  next_cursor?: string;
}
export interface SubmitJobRequest {
  execution_graph?: {
    [k: string]: unknown;
  };
  graph_hash?: string;
  priority?: 'critical' | 'high' | 'normal' | 'low';
  pool?: string;
  type?: 'CRITICAL' | 'STANDARD' | 'LOW_PRIORITY';
  deadline?: string | number;
  parameters?: {
    [k: string]: string;
  };
}
export interface SubmitJobAnswer {
  job_id: string;
  status: string;
  graph_hash: string;
  nodes: number;
}
export interface GetJobAnswer {
  job_id: string;
  name: string;
  status: string;
  owner: string;
  priority: 'critical' | 'high' | 'normal' | 'low';
  type?: 'CRITICAL' | 'STANDARD' | 'LOW_PRIORITY';
  graph_hash: string;
  run?: number;
  checkpoint?: number;
  submitted_at: string;
  finished_at?: string;
  shared_with?: string[];
  paused?: boolean;
  deadline?: string;
  parameters?: {
    [k: string]: string;
  };
  trigger?: string;
  estimated_completion?: string;
  progress_percentage: number;
  current_nodes: string[];
  resource_utilization?: {
    slots_in_use: number;
    slots_of_pool: number;
  };
  rollback?: {
    status: 'requested' | 'running' | 'completed';
    reason: string;
    to?: number;
    steps: number;
    undone: number;
    parked: number;
  };
  nodes: {
    [k: string]: {
      status:
        | 'succeeded'
        | 'failed'
        | 'skipped'
        | 'cancelled'
        | 'waiting'
        | 'expanded'
        | 'ready'
        | 'running'
        | 'backoff';
      attempts: number;
      worker_id?: string;
      waits_for?: string;
      recovery?: {
        cause:
          | 'workerLost'
          | 'leaseExpired'
          | 'refused'
          | 'unschedulable'
          | 'callbackLost'
          | 'workflowEnded'
          | 'jobFailed'
          | 'exhausted';
        strategy: 'reassign' | 'restart' | 'resume' | 'rollback' | 'park';
      };
      duration_seconds?: number;
      reason?: string;
      warning?: string;
      rollback?: 'waiting' | 'ready' | 'running' | 'backoff' | 'undone' | 'parked';
      outputs?: {
        [k: string]: OutputSchema0;
      };
    };
  };
  next_nodes?: string;
}
export interface GetJobEventsAnswer {
  job_id: string;
  events: {
    seq: number;
    at: number;
    type: string;
    [k: string]: unknown;
  }[];
  next_from?: number;
}
export interface GetJobGraphAnswer {
  job_id: string;
  name: string;
  graph_hash: string;
  on_failure: 'continue' | 'fail-fast' | 'rollback';
  nodes: {
    id: string;
    needs: string[];
    trigger:
      'all_success' | 'all_done' | 'all_failed' | 'one_success' | 'one_failed' | 'none_failed' | 'always';
    does: string;
    slots: number;
    labels: string[];
    dependencies: string[];
    when?: string;
    for_each?: string;
    compensate?: string;
    duration_seconds?: number;
  }[];
}
export interface GetJobRetriesAnswer {
  job_id: string;
  totals: {
    nodes: number;
    retries: number;
    mended: number;
    given_up: number;
    waited_seconds: number;
    spent_seconds: number;
  };
  classes: {
    class:
      | 'network'
      | 'timeout'
      | 'rate-limit'
      | 'dependency'
      | 'infrastructure'
      | 'resource'
      | 'assertion'
      | 'test-code'
      | 'configuration'
      | 'auth'
      | 'unknown';
    failed: number;
    mended: number;
  }[];
  nodes: {
    node_id: string;
    outcome?: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
    attempts: number;
    failed: number;
    lost: number;
    retries: number;
    waited_seconds: number;
    spent_seconds: number;
    classes: (
      | 'network'
      | 'timeout'
      | 'rate-limit'
      | 'dependency'
      | 'infrastructure'
      | 'resource'
      | 'assertion'
      | 'test-code'
      | 'configuration'
      | 'auth'
      | 'unknown'
    )[];
    strategies: ('again' | 'elsewhere' | 'bigger' | 'wait' | 'tests')[];
    why_not_again?: string;
    policy?: {
      strategy: 'none' | 'fixed' | 'linear' | 'exponential' | 'fibonacci' | 'decorrelated' | 'custom';
      max_attempts: number;
      initial_delay_seconds: number;
      max_delay_seconds: number;
      jitter: 'none' | 'full' | 'equal';
      on?:
        | 'any'
        | (
            | 'network'
            | 'timeout'
            | 'rate-limit'
            | 'dependency'
            | 'infrastructure'
            | 'resource'
            | 'assertion'
            | 'test-code'
            | 'configuration'
            | 'auth'
            | 'unknown'
          )[];
    };
  }[];
  next_cursor?: string;
}
export interface GetJobRecoveriesAnswer {
  job_id: string;
  totals: {
    open: number;
    completed: number;
    failed: number;
    cancelled: number;
  };
  recoveries: {
    recovery_id: string;
    node_id?: string;
    attempt?: number;
    cause:
      | 'workerLost'
      | 'leaseExpired'
      | 'refused'
      | 'unschedulable'
      | 'callbackLost'
      | 'workflowEnded'
      | 'jobFailed'
      | 'exhausted';
    strategy: 'reassign' | 'restart' | 'resume' | 'rollback' | 'park';
    status: 'open' | 'completed' | 'failed' | 'cancelled';
    worker_id?: string;
    why: string;
    times: number;
    started_at: string;
    ended_at?: string;
    took_seconds?: number;
  }[];
  next_cursor?: string;
}
export interface GetJobCtrfAnswer {
  reportFormat: 'CTRF';
  specVersion: string;
  runId: string;
  results: {
    tool: {
      name: string;
      [k: string]: unknown;
    };
    summary: {
      tests: number;
      passed: number;
      failed: number;
      [k: string]: unknown;
    };
    tests: {
      name: string;
      status: string;
      duration: number;
      [k: string]: unknown;
    }[];
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
export interface CancelJobRequest {
  reason?: string;
  force?: boolean;
}
export interface CancelJobAnswer {
  job_id: string;
  status: string;
}
export interface PauseJobRequest {
  reason?: string;
}
export interface UnpauseJobRequest {
  reason?: string;
}
export interface RetryJobRequest {
  /**
   * @minItems 1
   * @maxItems 1000
   */
  nodes?: string[];
  reason?: string;
  level?: number;
}
export interface RollbackJobRequest {
  to?: number;
  reason?: string;
}
export interface ResumeJobRequest {
  reason?: string;
  /**
   * @minItems 1
   * @maxItems 1000
   */
  from?: string[];
  execution_graph?: {
    [k: string]: unknown;
  };
  graph_hash?: string;
  dry_run?: boolean;
}
export interface ResumeJobAnswer {
  job_id: string;
  status: string;
  graph_hash: string;
  dry_run: boolean;
  runs: number;
  keeps: number;
  nodes: {
    [k: string]: {
      runs: boolean;
      why:
        | 'kept'
        | 'asked'
        | 'new'
        | 'changed'
        | 'input'
        | 'undone'
        | 'unfinished'
        | 'failed'
        | 'cancelled'
        | 'skipped'
        | 'downstream';
      of?: string;
    };
  };
  gone: string[];
}
export interface ExplainNodeAnswer {
  job_id: string;
  node_id: string;
  attempts: {
    attempt: number;
    compensates?: true;
    given?: {
      [k: string]: string;
    };
    worker_id?: string;
    started_at?: string;
    ended_at?: string;
    end?: 'succeeded' | 'failed' | 'lost';
    failure?: string;
    diagnosis?: {
      class:
        | 'network'
        | 'timeout'
        | 'rate-limit'
        | 'dependency'
        | 'infrastructure'
        | 'resource'
        | 'assertion'
        | 'test-code'
        | 'configuration'
        | 'auth'
        | 'unknown';
      confidence: number;
      signature: string;
      by: string;
      why: string;
    };
    next?: {
      strategy?: 'again' | 'elsewhere' | 'bigger' | 'wait' | 'tests';
      delay_seconds: number;
      due_at: string;
      avoid?: string[];
      resources?: {
        [k: string]: number;
      };
      why: string;
    };
    recovery?: {
      cause:
        | 'workerLost'
        | 'leaseExpired'
        | 'refused'
        | 'unschedulable'
        | 'callbackLost'
        | 'workflowEnded'
        | 'jobFailed'
        | 'exhausted';
      strategy: 'reassign' | 'restart' | 'resume' | 'rollback' | 'park';
      why: string;
      end?: 'completed' | 'failed';
      took_seconds?: number;
    };
  }[];
  outcome?: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
  reason?: string;
  why_not_again?: string;
  why_not_undone?: string;
  requests: {
    at: string;
    by: string;
    reason: string;
    level?: number;
    refused?: string;
  }[];
  edits?: {
    at: string;
    by: string;
    run?: string;
    parameters?: {
      [k: string]: string;
    };
    timeout_seconds?: number;
  }[];
}
export interface ReclassifyAttemptRequest {
  class:
    | 'network'
    | 'timeout'
    | 'rate-limit'
    | 'dependency'
    | 'infrastructure'
    | 'resource'
    | 'assertion'
    | 'test-code'
    | 'configuration'
    | 'auth'
    | 'unknown';
  reason: string;
  for_everyone?: boolean;
}
export interface SetJobPriorityRequest {
  priority: 'critical' | 'high' | 'normal' | 'low';
}
export interface ShareJobRequest {
  user: string;
}
export interface RegisterGraphRequest {
  execution_graph: {
    [k: string]: unknown;
  };
}
export interface RegisterGraphAnswer {
  hash: string;
  name: string;
  nodes: number;
  edges: number;
  certificate: {
    critical_path_seconds: number;
    predicted_makespan_seconds: number;
    workers: number;
    max_width: number;
    width_method: string;
    state_transitions: number;
    history_events: number;
    definition_bytes: number;
    estimated_cost_usd: number;
    transitions_cost_usd: number;
    connections_cost_usd: number;
    graph_runner_cost_usd: number;
    state_machines: number;
    structural_share: number;
  };
  residual_edges: number;
  state_machine_arn: string;
  status: 'ready' | 'pending' | 'absent';
}
export interface GetGraphAnswer {
  hash: string;
  name: string;
  nodes: number;
  edges: number;
  certificate: {
    critical_path_seconds: number;
    predicted_makespan_seconds: number;
    workers: number;
    max_width: number;
    width_method: string;
    state_transitions: number;
    history_events: number;
    definition_bytes: number;
    estimated_cost_usd: number;
    transitions_cost_usd: number;
    connections_cost_usd: number;
    graph_runner_cost_usd: number;
    state_machines: number;
    structural_share: number;
  };
  residual_edges: number;
  state_machine_arn: string;
  status: 'ready' | 'pending' | 'absent';
  machines: {
    name: string;
    bytes: number;
  }[];
  residual?: {
    [k: string]: string[];
  };
  definition?: {
    [k: string]: unknown;
  };
}
export interface ListQueuesAnswer {
  queues: {
    pool: string;
    status: 'open' | 'paused' | 'draining';
    waiting: number;
    running: number;
    limits: {
      max_running_jobs: number;
      max_waiting_jobs?: number;
    };
  }[];
  next_cursor?: string;
}
export interface GetQueueAnswer {
  pool: string;
  status: 'open' | 'paused' | 'draining';
  waiting: number;
  running: number;
  limits: {
    max_running_jobs: number;
    max_waiting_jobs?: number;
  };
  workers: {
    worker_id: string;
    status: 'active' | 'draining' | 'cordoned';
    cordon?: {
      reason: string;
      until?: string;
    };
    labels: string[];
    slots: number;
    free_slots: number;
    resources?: {
      [k: string]: number;
    };
  }[];
  owners?: {
    owner: string;
    running_jobs: number;
    waiting_jobs: number;
    slots: number;
    waiting_attempts: number;
  }[];
  waits_for?: {
    dependency: string;
    state: 'unknown' | 'open' | 'half_open';
    until?: string;
    attempts: number;
  }[];
  letters?: {
    open: number;
    oldest_at?: string;
    more?: true;
  };
}
export interface ChangeQueueRequest {
  status?: 'open' | 'paused' | 'draining';
  max_running_jobs?: number;
}
export interface ChangeQueueAnswer {
  pool: string;
}
export interface GetFlakesAnswer {
  flakes: {
    id: string;
    of: 'node' | 'test';
    name: string;
    verdict: 'flaky' | 'stable' | 'unknown';
    attempts: number;
    failures: number;
    rate: number;
    low: number;
    high: number;
    proposed: boolean;
    quarantine?: GetQuarantineAnswer;
    last_failed_at: string;
    last_failed_in: string;
  }[];
}
export interface GetQuarantineAnswer {
  id: string;
  of: 'node' | 'test';
  name: string;
  owner: string;
  reason: string;
  by: string;
  created_at: string;
  expires_at: string;
  expired: boolean;
}
export interface GetEffectivenessAnswer {
  effectiveness: {
    signature: string;
    class:
      | 'network'
      | 'timeout'
      | 'rate-limit'
      | 'dependency'
      | 'infrastructure'
      | 'resource'
      | 'assertion'
      | 'test-code'
      | 'configuration'
      | 'auth'
      | 'unknown';
    strategy: string;
    attempts: number;
    resolved: number;
    share: number;
    low: number;
    high: number;
    waited_seconds: number;
    spent_seconds: number;
    slot_seconds: number;
    cost_usd?: number;
    recommendation: string;
  }[];
}
export interface GetSignatureAnswer {
  signature: string;
  effectiveness: {
    class:
      | 'network'
      | 'timeout'
      | 'rate-limit'
      | 'dependency'
      | 'infrastructure'
      | 'resource'
      | 'assertion'
      | 'test-code'
      | 'configuration'
      | 'auth'
      | 'unknown';
    strategy: string;
    attempts: number;
    resolved: number;
    share: number;
    low: number;
    high: number;
    waited_seconds: number;
    spent_seconds: number;
    slot_seconds: number;
    cost_usd?: number;
  }[];
  correction?: {
    class:
      | 'network'
      | 'timeout'
      | 'rate-limit'
      | 'dependency'
      | 'infrastructure'
      | 'resource'
      | 'assertion'
      | 'test-code'
      | 'configuration'
      | 'auth'
      | 'unknown';
    by: string;
    reason: string;
    at: string;
  };
}
export interface ListQuarantinesAnswer {
  quarantines: GetQuarantineAnswer[];
  next_cursor?: string;
}
export interface PutQuarantineRequest {
  of: 'node' | 'test';
  name: string;
  owner: string;
  reason: string;
  expires_at: string;
}
export interface DeleteQuarantineAnswer {
  id: string;
}
export interface ListTriggersAnswer {
  triggers: {
    name: string;
    status: 'active' | 'paused';
    on:
      | {
          schedule: {
            cron: string;
            timezone: string;
            missed: string;
          };
        }
      | {
          event: {
            [k: string]: unknown;
          };
        };
  }[];
  next_cursor?: string;
}
export interface GetTriggerAnswer {
  name: string;
  status: 'active' | 'paused';
  on:
    | {
        schedule: {
          cron: string;
          timezone: string;
          missed: string;
        };
      }
    | {
        event: {
          [k: string]: unknown;
        };
      };
  overlap: 'allow' | 'skip' | 'queue' | 'cancel';
  job: {
    graph_hash: string;
    priority: string;
    pool: string;
    deadline_seconds?: number;
    parameters?: {
      [k: string]: string;
    };
  };
  running: string[];
  waiting?: string;
  next?: string[];
  recent: {
    what: 'fired' | 'queued' | 'skipped' | 'missed' | 'refused';
    at: string;
    firing?: string;
    job_id?: string;
    why?: string;
  }[];
}
export interface PutTriggerRequest {
  on: {
    schedule?: {
      cron: string;
      timezone?: string;
      missed?: 'skip' | 'latest' | 'all';
    };
    event?: {
      [k: string]: InputSchema0;
    };
  };
  overlap?: 'allow' | 'skip' | 'queue' | 'cancel';
  job: SubmitJobRequest;
}
export interface GetTriggerEventsAnswer {
  name: string;
  events: {
    seq: number;
    at: number;
    type: string;
    [k: string]: unknown;
  }[];
  next_from?: number;
}
export interface PauseTriggerRequest {
  reason?: string;
}
export interface FireTriggerAnswer {
  name: string;
  job_ids: string[];
}
export interface ListDependenciesAnswer {
  dependencies: {
    name: string;
    state: 'closed' | 'open' | 'half_open';
    forced: boolean;
    since?: string;
    until?: string;
    why?: string;
  }[];
  next_cursor?: string;
}
export interface GetDependencyAnswer {
  name: string;
  state: 'closed' | 'open' | 'half_open';
  forced: boolean;
  since?: string;
  until?: string;
  why?: string;
  calls: {
    counted: number;
    failed: number;
    slow: number;
  };
  probes?: number;
  pools: string[];
  recent: {
    state: 'closed' | 'open' | 'half_open';
    at: string;
    why: string;
    by?: string;
  }[];
}
export interface ForceDependencyRequest {
  state: 'open' | 'closed';
  reason?: string;
}
export interface ResetDependencyRequest {
  reason?: string;
}
export interface ListTargetsAnswer {
  targets: {
    name: string;
    type: string;
    breaker: 'closed' | 'open' | 'half_open';
    waiting: number;
    held: number;
    parked: number;
    alerts: number;
  }[];
  next_cursor?: string;
}
export interface GetTargetAnswer {
  name: string;
  type: string;
  breaker: 'closed' | 'open' | 'half_open';
  waiting: number;
  held: number;
  parked: number;
  alerts: number;
  open_alerts: {
    id: string;
    title: string;
    since: string;
    next?: string;
  }[];
  parked_deliveries: {
    id: string;
    title: string;
    notices: number;
    attempts: number;
    why?: string;
  }[];
  recent: {
    at: string;
    outcome: 'succeeded' | 'failed' | 'parked';
    title: string;
    attempt: number;
    to?: string;
    why?: string;
  }[];
}
export interface AcknowledgeAlertRequest {
  alert: string;
}
export interface RedriveTargetRequest {
  /**
   * @maxItems 500
   */
  deliveries?: string[];
}
export interface ListLettersAnswer {
  groups: {
    group: string;
    kind: 'node' | 'rollback' | 'recovery' | 'message';
    class?:
      | 'network'
      | 'timeout'
      | 'rate-limit'
      | 'dependency'
      | 'infrastructure'
      | 'resource'
      | 'assertion'
      | 'test-code'
      | 'configuration'
      | 'auth'
      | 'unknown';
    signature: string;
    owner: string;
    status: 'open' | 'assigned' | 'redriving' | 'resolved';
    open: number;
    letters: number;
    assignee?: string;
    oldest_at?: string;
    last_parked_at: string;
    said: string;
  }[];
  next_cursor?: string;
}
export interface GetLettersAnswer {
  group: string;
  kind: 'node' | 'rollback' | 'recovery' | 'message';
  class?:
    | 'network'
    | 'timeout'
    | 'rate-limit'
    | 'dependency'
    | 'infrastructure'
    | 'resource'
    | 'assertion'
    | 'test-code'
    | 'configuration'
    | 'auth'
    | 'unknown';
  signature: string;
  owner: string;
  status: 'open' | 'assigned' | 'redriving' | 'resolved';
  open: number;
  assignee?: string;
  oldest_at?: string;
  last_parked_at: string;
  said: string;
  confidence?: number;
  letters: {
    letter_id: string;
    kind: 'node' | 'rollback' | 'recovery' | 'message';
    status: 'open' | 'assigned' | 'redriving' | 'resolved';
    job_id?: string;
    graph?: string;
    node_id?: string;
    attempt?: number;
    worker_id?: string;
    queue?: string;
    first_parked_at: string;
    parked_at: string;
    why: string;
    redriven: number;
    assignee?: string;
    resolved?: {
      how: 'retried' | 'skipped' | 'succeeded' | 'aborted' | 'elsewhere';
      at: string;
      by?: string;
      why?: string;
    };
    said?: string;
    tests?: string[];
    more_tests?: number;
  }[];
  next_letters?: string;
  notes: {
    text: string;
    by: string;
    at: string;
    letter_id?: string;
  }[];
  order?: {
    order_id: string;
    by: string;
    reason: string;
    mode: 'canary' | 'all';
    per_minute: number;
    started_at: string;
    sent: number;
    waiting: number;
    canary?: string;
    until?: string;
  };
  last_order?: {
    order_id: string;
    by: string;
    mode: 'canary' | 'all';
    started_at: string;
    ended_at: string;
    sent: number;
    left: number;
    why?: string;
  };
}
export interface RedriveLettersRequest {
  /**
   * @minItems 1
   * @maxItems 1000
   */
  letters?: string[];
  mode?: 'canary' | 'all';
  per_minute?: number;
  input?: {
    run?: string;
    parameters?: {
      [k: string]: string;
    };
    timeout?: string | number;
    body?: string;
  };
  force?: boolean;
  reason?: string;
}
export interface RedriveLettersAnswer {
  group: string;
  kind: 'node' | 'rollback' | 'recovery' | 'message';
  class?:
    | 'network'
    | 'timeout'
    | 'rate-limit'
    | 'dependency'
    | 'infrastructure'
    | 'resource'
    | 'assertion'
    | 'test-code'
    | 'configuration'
    | 'auth'
    | 'unknown';
  signature: string;
  owner: string;
  status: 'open' | 'assigned' | 'redriving' | 'resolved';
  open: number;
  assignee?: string;
  oldest_at?: string;
  last_parked_at: string;
  said: string;
  confidence?: number;
  letters: {
    letter_id: string;
    kind: 'node' | 'rollback' | 'recovery' | 'message';
    status: 'open' | 'assigned' | 'redriving' | 'resolved';
    job_id?: string;
    graph?: string;
    node_id?: string;
    attempt?: number;
    worker_id?: string;
    queue?: string;
    first_parked_at: string;
    parked_at: string;
    why: string;
    redriven: number;
    assignee?: string;
    resolved?: {
      how: 'retried' | 'skipped' | 'succeeded' | 'aborted' | 'elsewhere';
      at: string;
      by?: string;
      why?: string;
    };
    said?: string;
    tests?: string[];
    more_tests?: number;
  }[];
  next_letters?: string;
  notes: {
    text: string;
    by: string;
    at: string;
    letter_id?: string;
  }[];
  order?: {
    order_id: string;
    by: string;
    reason: string;
    mode: 'canary' | 'all';
    per_minute: number;
    started_at: string;
    sent: number;
    waiting: number;
    canary?: string;
    until?: string;
  };
  last_order?: {
    order_id: string;
    by: string;
    mode: 'canary' | 'all';
    started_at: string;
    ended_at: string;
    sent: number;
    left: number;
    why?: string;
  };
  left?: {
    count: number;
    why: string;
  };
}
export interface StopRedriveRequest {
  reason?: string;
}
export interface ResolveLettersRequest {
  /**
   * @minItems 1
   * @maxItems 1000
   */
  letters?: string[];
  how: 'skip' | 'succeed' | 'abort';
  outputs?: unknown;
  reason?: string;
}
export interface AssignLettersRequest {
  /**
   * @minItems 1
   * @maxItems 1000
   */
  letters?: string[];
  to: string;
}
export interface NoteLettersRequest {
  text: string;
  letter_id?: string;
}
export interface GetCleanupAnswer {
  latest?: {
    run: string;
    by: string;
    dry_run: boolean;
    job_days: number;
    started_at: string;
    completed_at?: string;
    counts?: {
      [k: string]: number;
    };
    failed?: number;
    complete?: boolean;
    items: {
      kind:
        | 'job'
        | 'auditDay'
        | 'unsubmittedJob'
        | 'graph'
        | 'workspace'
        | 'halfRemoved'
        | 'lock'
        | 'draft'
        | 'clock'
        | 'timer';
      id: string;
      why: string;
      bytes?: number;
    }[];
    stayed: {
      kind:
        | 'job'
        | 'auditDay'
        | 'unsubmittedJob'
        | 'graph'
        | 'workspace'
        | 'halfRemoved'
        | 'lock'
        | 'draft'
        | 'clock'
        | 'timer';
      id: string;
      reason: string;
      failed: boolean;
    }[];
  };
}
export interface StartCleanupRequest {
  dry_run?: boolean;
}
export interface StartCleanupAnswer {
  run: string;
  dry_run: boolean;
}
export interface GetConfigAnswer {
  version: number;
  set: {
    [k: string]: unknown;
  };
  keys: {
    key: string;
    value: unknown;
    origin: 'default' | 'stack' | 'file' | 'set' | 'environment' | 'flag';
  }[];
}
export interface PutConfigRequest {
  set: {
    [k: string]: unknown;
  };
  reason?: string;
}
export interface GetConfigHistoryAnswer {
  changes: {
    version: number;
    at: string;
    by: string;
    origin: 'default' | 'stack' | 'file' | 'set' | 'environment' | 'flag';
    reason?: string;
    changes: {
      key: string;
      before?: unknown;
      after?: unknown;
    }[];
  }[];
  next_cursor?: string;
}
export interface ListWorkersAnswer {
  workers: {
    worker_id: string;
    pool: string;
    status: 'active' | 'draining' | 'cordoned' | 'probation';
    cordon?: {
      reason: string;
      cause?: 'refusals' | 'health' | 'probation';
      until?: string;
    };
    probation?: {
      passed: number;
      of: number;
    };
    suspected?: {
      since: string;
      reason: string;
    };
    health: {
      score?: number;
      attempts: {
        own: {
          bad: number;
          of: number;
        };
        peers: {
          bad: number;
          of: number;
        };
        failed: number;
        slow: number;
      };
      heartbeats?: {
        suspicion: number;
        lateness_ms: number;
      };
    };
    labels: string[];
    slots: number;
    free_slots: number;
    last_seen_at?: string;
  }[];
  next_cursor?: string;
}
export interface RegisterWorkerRequest {
  worker_id: string;
  pool?: string;
  /**
   * @maxItems 64
   */
  labels: string[];
  slots: number;
  resources?: {
    [k: string]: number;
  };
  endpoint?: string;
  /**
   * @maxItems 1024
   */
  running?: {
    job_id: string;
    node_id: string;
    attempt: number;
  }[];
}
export interface RegisterWorkerAnswer {
  worker_id: string;
  dispatch_token: string;
  registration?: string;
  heartbeat_seconds: number;
  connect?: string;
}
export interface ListPredictionsAnswer {
  predictions: {
    of: 'worker' | 'dependency' | 'node' | 'test';
    id: string;
    name: string;
    pool?: string;
    since?: string;
    why: string;
  }[];
  next_cursor?: string;
}
export interface HeartbeatRequest {
  pool?: string;
  running: number;
  draining?: boolean;
  registration?: string;
  next_seconds?: number;
}
export interface HeartbeatAnswer {
  worker_id: string;
}
export interface CordonWorkerRequest {
  pool?: string;
  reason: string;
}
export interface UncordonWorkerRequest {
  pool?: string;
}
export interface AttemptStartedRequest {
  worker_id: string;
}
export interface AttemptStartedAnswer {
  job_id: string;
  node_id: string;
  attempt: number;
}
export interface AttemptProgressRequest {
  worker_id: string;
  percentage: number;
  message?: string;
}
export interface AttemptCompletedRequest {
  worker_id: string;
  duration_ms: number;
  outputs: unknown;
  tests?: {
    counts: {
      passed: number;
      failed: number;
      skipped: number;
      unfinished: number;
      flaky: number;
    };
    /**
     * @maxItems 100
     */
    failed: {
      runner: string;
      project?: string;
      file?: string;
      /**
       * @maxItems 32
       */
      suites: string[];
      title: string;
      occurrence?: number;
      address?: string;
    }[];
    unlisted: number;
    /**
     * @maxItems 10
     */
    problems: string[];
    rerun?: {
      asked: number;
      scope: 'tests' | 'files' | 'whole';
      why: string;
    };
  };
}
export interface AttemptFailedRequest {
  worker_id: string;
  duration_ms: number;
  failure: {
    kind: 'exit' | 'timeout' | 'spawn' | 'cancelled' | 'condition' | 'lost';
    message: string;
    exitCode?: number;
    signal?: string;
    retryAfterMs?: number;
  };
  outputs?: unknown;
  tests?: {
    counts: {
      passed: number;
      failed: number;
      skipped: number;
      unfinished: number;
      flaky: number;
    };
    /**
     * @maxItems 100
     */
    failed: {
      runner: string;
      project?: string;
      file?: string;
      /**
       * @maxItems 32
       */
      suites: string[];
      title: string;
      occurrence?: number;
      address?: string;
    }[];
    unlisted: number;
    /**
     * @maxItems 10
     */
    problems: string[];
    rerun?: {
      asked: number;
      scope: 'tests' | 'files' | 'whole';
      why: string;
    };
  };
}
export interface ReportAttemptsRequest {
  /**
   * @minItems 1
   * @maxItems 50
   */
  reports: {
    job_id: string;
    node_id: string;
    attempt: number;
    attempt_token: string;
    callback: 'started' | 'progress' | 'completed' | 'failed';
    body: {
      [k: string]: unknown;
    };
  }[];
}
export interface ReportAttemptsAnswer {
  results: {
    status: number;
    error?: ProblemAnswer;
  }[];
}
export interface ProblemAnswer {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  mend: string;
  problems?: {
    code: string;
    path: string;
    message: string;
    mend: string;
  }[];
  state?: string;
  more_problems?: number;
  trace_id: string;
  correlation_id?: string;
}
export interface GetStreamEventsAnswer {
  stream: string;
  events: {
    seq: number;
    at: number;
    type: string;
    [k: string]: unknown;
  }[];
  next_from?: number;
}
export interface GetTraceAnswer {
  id: string;
  jobs: {
    job_id: string;
    trace_id: string;
  }[];
  lines: {
    at: string;
    stream: string;
    seq: number;
    kind: 'event' | 'attempt' | 'message' | 'notification' | 'workflow';
    type: string;
    cause: string;
    actor?: {
      kind: string;
      id: string;
    };
    correlation_id?: string;
    node_id?: string;
    attempt?: number;
    worker_id?: string;
    to?: string;
  }[];
  total: number;
  next_from?: number;
}
export interface GetBottlenecksAnswer {
  pool: string;
  jobs: number;
  makespan_seconds: number;
  replayed_seconds: number;
  bottlenecks: {
    kind: 'lock' | 'resource' | 'label' | 'slots' | 'queue' | 'dependency' | 'suite' | 'node';
    name: string;
    change: string;
    won_seconds: number;
    blamed_seconds: number;
    utilization?: number;
    arrivals_per_hour: number;
    mean_wait_seconds: number;
    mean_queue: number;
  }[];
}
export interface GetCapacityAnswer {
  pool: string;
  jobs: number;
  demand: {
    hours: number;
    mean_slots: number;
    peak_slots: number;
    season: 'week' | 'day' | 'none';
    expected_peak_slots: number;
    high_peak_slots: number;
  };
  rate: number;
  target_wait_seconds: number;
  floor_wait_seconds: number;
  reachable: boolean;
  current: {
    kinds: {
      labels: '*' | string[];
      slots: number;
      resources?: {
        [k: string]: number;
      };
      count: number;
    }[];
    workers: number;
    slots: number;
    wait_p95_seconds: number;
    utilization: number;
    hour_usd?: number;
  };
  recommended: {
    kinds: {
      labels: '*' | string[];
      slots: number;
      resources?: {
        [k: string]: number;
      };
      count: number;
    }[];
    workers: number;
    slots: number;
    wait_p95_seconds: number;
    utilization: number;
    hour_usd?: number;
  };
  erlang_slots: number;
  warnings?: {
    condition: 'forecast' | 'waits';
    since: string;
  }[];
}
export interface GetUsageAnswer {
  pool: string;
  step_seconds: number;
  points: {
    at: string;
    slots: number;
    used: number;
    waiting: number;
  }[];
  owners: {
    owner: string;
    jobs: number;
    slot_seconds: number;
    wait_p50_seconds: number;
    wait_p95_seconds: number;
  }[];
}
export interface WhatIfRequest {
  pool?: string;
  jobs?: number;
  worker_hour_usd?: string;
  /**
   * @maxItems 10
   */
  scenarios?: {
    name: string;
    /**
     * @minItems 1
     * @maxItems 50
     */
    fleet?: {
      labels?: '*' | string[];
      slots?: number;
      resources?: {
        [k: string]: number;
      };
      count?: number;
    }[];
    max_running_jobs?: number;
    order?: 'rank' | 'arrival';
    fair?: boolean;
    priorities?: boolean;
    worker_hour_usd?: string;
    without_outages?: boolean;
  }[];
}
export interface WhatIfAnswer {
  pool: string;
  jobs: number;
  attempts: number;
  recorded: {
    name: string;
    span_seconds: number;
    makespan_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    wait_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    admission_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    utilization: number;
    worker_hours: number;
    cost_usd?: number;
  };
  replayed: {
    name: string;
    span_seconds: number;
    makespan_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    wait_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    admission_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    utilization: number;
    worker_hours: number;
    cost_usd?: number;
  };
  calibration: {
    makespan_error: number;
    median_job_error: number;
    wait_p95_error_seconds: number;
  };
  scenarios: {
    name: string;
    span_seconds: number;
    makespan_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    wait_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    admission_seconds: {
      mean: number;
      p50: number;
      p95: number;
      max: number;
    };
    utilization: number;
    worker_hours: number;
    cost_usd?: number;
  }[];
}
export interface GetAttemptLogAnswer {
  text: string;
  next_from: number;
  size: number;
}
export interface GetHealthAnswer {
  status: 'pass' | 'warn' | 'fail';
  version: '1';
  serviceId: 'reprise';
  description: string;
  checks?: {
    [k: string]: {
      componentType: 'component' | 'datastore' | 'system';
      observedValue: number;
      observedUnit: string;
      status: 'pass' | 'warn' | 'fail';
      time: string;
      output?: string;
    }[];
  };
}
export interface DescribeErrorAnswer {
  type: string;
  code: string;
  title: string;
  mend: string;
  disposition: 'retryable' | 'terminal';
  status: number;
}
export interface GetAuditAnswer {
  records: {
    at: string;
    principal: string;
    source: string;
    scope?: string;
    action: string;
    resource?: string;
    owner?: string;
    outcome: 'accepted' | 'refused' | 'failed';
    status: number;
    code?: string;
    reason?: string;
    correlation_id?: string;
    times?: number;
    unwritten?: number;
    request_id: string;
    trace_id: string;
    stream: string;
    seq: number;
  }[];
  next_cursor?: string;
}
export interface PutEventRequest {
  source: string;
  'detail-type': string;
  detail?: {
    [k: string]: InputSchema1;
  };
  /**
   * @maxItems 10
   */
  resources?: string[];
  id?: string;
}
export interface PutEventAnswer {
  id: string;
  triggers: string[];
  job_id?: string;
}

/** Where each is. */
export const PLACES: Readonly<Record<keyof Operations, Place>> = {
  listJobs: { method: 'GET', path: '/jobs' },
  submitJob: { method: 'POST', path: '/jobs' },
  getJob: { method: 'GET', path: '/jobs/{jobId}' },
  getJobEvents: { method: 'GET', path: '/jobs/{jobId}/events' },
  getJobGraph: { method: 'GET', path: '/jobs/{jobId}/graph' },
  getJobRetries: { method: 'GET', path: '/jobs/{jobId}/retries' },
  getJobRecoveries: { method: 'GET', path: '/jobs/{jobId}/recoveries' },
  getJobJUnit: { method: 'GET', path: '/jobs/{jobId}/report/junit' },
  getJobCtrf: { method: 'GET', path: '/jobs/{jobId}/report/ctrf' },
  cancelJob: { method: 'POST', path: '/jobs/{jobId}/cancel' },
  pauseJob: { method: 'POST', path: '/jobs/{jobId}/pause' },
  unpauseJob: { method: 'POST', path: '/jobs/{jobId}/unpause' },
  retryJob: { method: 'POST', path: '/jobs/{jobId}/retry' },
  rollbackJob: { method: 'POST', path: '/jobs/{jobId}/rollback' },
  resumeJob: { method: 'POST', path: '/jobs/{jobId}/resume' },
  explainNode: { method: 'GET', path: '/jobs/{jobId}/nodes/{nodeId}/explanation' },
  reclassifyAttempt: { method: 'POST', path: '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/class' },
  setJobPriority: { method: 'POST', path: '/jobs/{jobId}/priority' },
  shareJob: { method: 'POST', path: '/jobs/{jobId}/share' },
  unshareJob: { method: 'POST', path: '/jobs/{jobId}/unshare' },
  registerGraph: { method: 'POST', path: '/graphs' },
  getGraph: { method: 'GET', path: '/graphs/{hash}' },
  listQueues: { method: 'GET', path: '/queues' },
  getQueue: { method: 'GET', path: '/queues/{pool}' },
  changeQueue: { method: 'POST', path: '/queues/{pool}' },
  getFlakes: { method: 'GET', path: '/history/flakes' },
  getEffectiveness: { method: 'GET', path: '/history/effectiveness' },
  getSignature: { method: 'GET', path: '/history/signatures/{signature}' },
  listQuarantines: { method: 'GET', path: '/quarantines' },
  getQuarantine: { method: 'GET', path: '/quarantines/{id}' },
  putQuarantine: { method: 'PUT', path: '/quarantines/{id}' },
  deleteQuarantine: { method: 'DELETE', path: '/quarantines/{id}' },
  listTriggers: { method: 'GET', path: '/triggers' },
  getTrigger: { method: 'GET', path: '/triggers/{name}' },
  putTrigger: { method: 'PUT', path: '/triggers/{name}' },
  deleteTrigger: { method: 'DELETE', path: '/triggers/{name}' },
  getTriggerEvents: { method: 'GET', path: '/triggers/{name}/events' },
  pauseTrigger: { method: 'POST', path: '/triggers/{name}/pause' },
  unpauseTrigger: { method: 'POST', path: '/triggers/{name}/unpause' },
  fireTrigger: { method: 'POST', path: '/triggers/{name}/fire' },
  listDependencies: { method: 'GET', path: '/dependencies' },
  getDependency: { method: 'GET', path: '/dependencies/{name}' },
  forceDependency: { method: 'POST', path: '/dependencies/{name}/force' },
  resetDependency: { method: 'POST', path: '/dependencies/{name}/reset' },
  listTargets: { method: 'GET', path: '/notifications' },
  getTarget: { method: 'GET', path: '/notifications/{name}' },
  testTarget: { method: 'POST', path: '/notifications/{name}/test' },
  acknowledgeAlert: { method: 'POST', path: '/notifications/{name}/acknowledge' },
  redriveTarget: { method: 'POST', path: '/notifications/{name}/redrive' },
  listLetters: { method: 'GET', path: '/letters' },
  getLetters: { method: 'GET', path: '/letters/{group}' },
  redriveLetters: { method: 'POST', path: '/letters/{group}/redrive' },
  stopRedrive: { method: 'POST', path: '/letters/{group}/redrive/stop' },
  resolveLetters: { method: 'POST', path: '/letters/{group}/resolve' },
  assignLetters: { method: 'POST', path: '/letters/{group}/assign' },
  noteLetters: { method: 'POST', path: '/letters/{group}/notes' },
  getCleanup: { method: 'GET', path: '/cleanup' },
  startCleanup: { method: 'POST', path: '/cleanup' },
  getConfig: { method: 'GET', path: '/config' },
  putConfig: { method: 'PUT', path: '/config' },
  getConfigHistory: { method: 'GET', path: '/config/history' },
  listWorkers: { method: 'GET', path: '/workers' },
  registerWorker: { method: 'POST', path: '/workers' },
  listPredictions: { method: 'GET', path: '/health/predictions' },
  heartbeat: { method: 'POST', path: '/workers/{workerId}/heartbeat' },
  cordonWorker: { method: 'POST', path: '/workers/{workerId}/cordon' },
  uncordonWorker: { method: 'POST', path: '/workers/{workerId}/uncordon' },
  attemptStarted: { method: 'POST', path: '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/started' },
  attemptProgress: { method: 'POST', path: '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/progress' },
  attemptCompleted: { method: 'POST', path: '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/completed' },
  attemptFailed: { method: 'POST', path: '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/failed' },
  reportAttempts: { method: 'POST', path: '/workers/{workerId}/reports' },
  getStreamEvents: { method: 'GET', path: '/streams/{kind}/{id}/events' },
  getTrace: { method: 'GET', path: '/trace/{id}' },
  getBottlenecks: { method: 'GET', path: '/health/bottlenecks' },
  getCapacity: { method: 'GET', path: '/capacity/capacity' },
  getUsage: { method: 'GET', path: '/capacity/usage' },
  whatIf: { method: 'POST', path: '/capacity/what-if' },
  getChanges: { method: 'GET', path: '/changes' },
  getAttemptLog: { method: 'GET', path: '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/log' },
  getHealth: { method: 'GET', path: '/health', accepts: [503] },
  getLiveness: { method: 'GET', path: '/health/live', accepts: [503] },
  getReadiness: { method: 'GET', path: '/health/ready', accepts: [503] },
  signIn: { method: 'GET', path: '/sign-in' },
  describeError: { method: 'GET', path: '/errors/{code}' },
  getAudit: { method: 'GET', path: '/audit' },
  putEvent: { method: 'POST', path: '/events' },
};

export interface Place {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Statuses that say no, and whose body is an answer all the same. */
  readonly accepts?: readonly number[];
}
