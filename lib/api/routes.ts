import { auditQuery, auditResponse } from '../contract/audit';
import {
  bottlenecksQuery,
  bottlenecksView,
  capacityQuery,
  capacityView,
  usageQuery,
  usageView,
  whatIfRequest,
  whatIfView,
} from '../contract/capacity';
import { changesStream } from '../contract/changes';
import { cleanupView, startCleanupRequest, startCleanupResponse } from '../contract/cleanup';
import { configHistory, configHistoryQuery, configView, putConfigRequest } from '../contract/config';
import {
  dependencyParams,
  dependencyView,
  forceDependencyRequest,
  listDependenciesQuery,
  listDependenciesResponse,
  resetDependencyRequest,
} from '../contract/dependencies';
import { errorParams, errorView } from '../contract/errors';
import { putEventRequest, putEventResponse } from '../contract/events';
import {
  attemptParams,
  callbackBodies,
  callbackResponse,
  reportsRequest,
  reportsResponse,
} from '../contract/executions';
import { nodeExplanation } from '../contract/explanations';
import { graphParams, graphQuery, graphSummary, graphView, registerGraphRequest } from '../contract/graphs';
import { HEALTH_JSON, healthView } from '../contract/health';
import {
  effectivenessQuery,
  effectivenessResponse,
  flakesResponse,
  listQuarantinesQuery,
  listQuarantinesResponse,
  putQuarantineRequest,
  quarantineParams,
  quarantineRemoved,
  quarantineView,
  reclassifyRequest,
  signatureParams,
  signatureView,
} from '../contract/history';
import {
  attemptLog,
  attemptLogQuery,
  cancelJobRequest,
  eventsQuery,
  jobCommandResponse,
  jobCtrf,
  jobEventsResponse,
  jobGraphView,
  jobJUnit,
  jobNodeParams,
  jobParams,
  jobPriorityRequest,
  jobQuery,
  jobView,
  listJobsQuery,
  listJobsResponse,
  ownerQuery,
  pauseJobRequest,
  resumeJobRequest,
  resumeJobResponse,
  retryJobRequest,
  rollbackJobRequest,
  shareJobRequest,
  submitJobRequest,
  submitJobResponse,
  unpauseJobRequest,
} from '../contract/jobs';
import {
  assignLettersRequest,
  changedLettersResponse,
  letterGroupParams,
  letterGroupQuery,
  letterGroupView,
  listLettersQuery,
  listLettersResponse,
  noteLettersRequest,
  redriveLettersRequest,
  resolveLettersRequest,
  stopRedriveRequest,
} from '../contract/letters';
import {
  acknowledgeRequest,
  listTargetsQuery,
  listTargetsResponse,
  redriveTargetRequest,
  targetParams,
  targetView,
} from '../contract/notifications';
import {
  listWorkersQuery,
  listWorkersResponse,
  predictionsQuery,
  predictionsResponse,
} from '../contract/predictions';
import {
  changeQueueRequest,
  changeQueueResponse,
  listQueuesQuery,
  listQueuesResponse,
  poolParams,
  queueView,
} from '../contract/queues';
import { GRAPH_BODY } from '../contract/read';
import { jobRecoveries, jobRecoveriesQuery, jobRetries, jobRetriesQuery } from '../contract/recoveries';
import { signInView } from '../contract/sign-in';
import { streamEventsResponse, streamParams } from '../contract/streams';
import { traceParams, traceQuery, traceResponse } from '../contract/traces';
import {
  fireTriggerResponse,
  listTriggersQuery,
  listTriggersResponse,
  putTriggerRequest,
  triggerEventsQuery,
  triggerEventsResponse,
  triggerParams,
  triggerReason,
  triggerView,
} from '../contract/triggers';
import {
  cordonWorkerRequest,
  heartbeatRequest,
  registerWorkerRequest,
  registerWorkerResponse,
  uncordonWorkerRequest,
  workerParams,
  workerResponse,
} from '../contract/workers';
import { SCOPES } from '../core/access/scopes';
import { type Route, route } from './route';

const { jobs, admin, worker } = SCOPES;
/** Whoever has jobs of their own; what belongs to others is for administrators. */
const owners = [jobs, admin];

/** Whoever may have jobs of some type tried again. */
const retriers = [SCOPES.retryBasic, SCOPES.retryStandard, SCOPES.retryCritical, admin];

/** Whose things a route is about: one line of the table of access. */
const ABOUT = {
  own: "the caller's own",
  ofOwner: "the caller's own; with `?owner=NAME` an administrator's choice",
  listed:
    "the caller's own; with `?shared=true` what others share with the caller; with `?owner=NAME` an administrator's choice",
  owned: "the owner's and administrators'; unknown to others",
  job: 'of the owner, of those whom the job is shared with and of administrators; unknown to others',
  held: "the owner's and administrators' alone; unknown to others but those whom the job is shared with",
  retried: 'of those who may use the job, by its type; unknown to others',
  redriven: "the owner's and administrators', by the type of the job; unknown to others",
  all: "everyone's, without names of jobs",
  shared: "everyone's: the engine has one of each",
  predicted:
    "everyone's workers and dependencies; nodes and tests are the caller's own, with `?owner=NAME` an administrator's choice",
  numbers: "numbers of everyone's, under a signature that the caller knows",
  retries: "the caller's own; with `?owner=NAME` or `?of=everyone` an administrator's choice",
  deployment: "the deployment's",
  audited: "what the caller did, and what was done to the caller's own; administrators everything",
  worker: 'of the subject that registered it; unknown to others',
  attempt: 'of the worker whose attempt token is sent',
};

const ofJobs = (by: string) => ({ by, scopes: owners, about: ABOUT.job, params: jobParams });
const command = { ...ofJobs('job-command'), answers: { 202: jobCommandResponse } };
const ofTriggers = { by: 'manage-triggers', scopes: owners, about: ABOUT.ofOwner, query: ownerQuery };
const ofTrigger = { ...ofTriggers, params: triggerParams, answers: { 200: triggerView } };
const ofDependencies = { by: 'manage-dependencies', scopes: owners, about: ABOUT.shared };
const ofDependency = {
  ...{ ...ofDependencies, params: dependencyParams },
  answers: { 200: dependencyView },
};
const changedDependency = { ...ofDependency, scopes: [admin], about: ABOUT.deployment, versioned: true };
const ofLetters = { by: 'manage-letters', scopes: owners, about: ABOUT.owned, params: letterGroupParams };
const changedLetters = { ...ofLetters, answers: { 200: changedLettersResponse }, versioned: true };
const ofNotifications = { by: 'manage-notifications', scopes: [admin], about: ABOUT.deployment };
const ofTarget = { ...ofNotifications, params: targetParams, answers: { 200: targetView } };
const changedTarget = { ...ofTarget, versioned: true };
const ofCleanup = { by: 'manage-cleanup', scopes: [admin], about: ABOUT.deployment };
const ofHealth = {
  ...{ by: 'health', scopes: [jobs, admin, worker], about: ABOUT.deployment, type: HEALTH_JSON },
  answers: { 200: healthView, 503: healthView },
};
const ofConfig = { by: 'manage-config', scopes: [admin], about: ABOUT.deployment };
const ofCapacity = { by: 'capacity', scopes: [admin], about: ABOUT.deployment };
const ofWorker = { by: 'worker-command', scopes: [admin], about: ABOUT.deployment, params: workerParams };
const callback = {
  by: 'attempt-callback',
  scopes: [worker],
  about: ABOUT.attempt,
  params: attemptParams,
  answers: { 202: callbackResponse },
};
const ofHistory = { by: 'history', scopes: owners, about: ABOUT.ofOwner, query: ownerQuery };
const ATTEMPT = '/jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}';

/** Every route of the REST API and who may call it. The function, the daemon and the stack read this list. */
export const ROUTES = {
  submitJob: route('POST /jobs', {
    ...{ by: 'submit-job', scopes: owners, about: ABOUT.own, body: submitJobRequest, bounds: GRAPH_BODY },
    answers: { 202: submitJobResponse },
  }),
  listJobs: route('GET /jobs', {
    ...{ by: 'list-jobs', scopes: owners, about: ABOUT.listed, query: listJobsQuery },
    answers: { 200: listJobsResponse },
  }),
  getJob: route('GET /jobs/{jobId}', {
    ...{ ...ofJobs('get-job'), query: jobQuery },
    answers: { 200: jobView },
  }),
  getJobEvents: route('GET /jobs/{jobId}/events', {
    ...{ ...ofJobs('get-job-events'), query: eventsQuery },
    answers: { 200: jobEventsResponse },
  }),
  getJobGraph: route('GET /jobs/{jobId}/graph', { ...ofJobs('get-job'), answers: { 200: jobGraphView } }),
  getJobRetries: route('GET /jobs/{jobId}/retries', {
    ...{ ...ofJobs('get-job'), query: jobRetriesQuery, answers: { 200: jobRetries } },
  }),
  getJobRecoveries: route('GET /jobs/{jobId}/recoveries', {
    ...{ ...ofJobs('get-job'), query: jobRecoveriesQuery, answers: { 200: jobRecoveries } },
  }),
  getJobJUnit: route('GET /jobs/{jobId}/report/junit', {
    ...{ ...ofJobs('get-job'), type: 'application/xml', whole: true, answers: { 200: jobJUnit } },
  }),
  getJobCtrf: route('GET /jobs/{jobId}/report/ctrf', {
    ...{ ...ofJobs('get-job'), whole: true, answers: { 200: jobCtrf } },
  }),
  cancelJob: route('POST /jobs/{jobId}/cancel', { ...command, body: cancelJobRequest }),
  pauseJob: route('POST /jobs/{jobId}/pause', { ...command, body: pauseJobRequest }),
  unpauseJob: route('POST /jobs/{jobId}/unpause', { ...command, body: unpauseJobRequest }),
  retryJob: route('POST /jobs/{jobId}/retry', {
    ...{ ...command, by: 'resume-job', scopes: retriers, about: ABOUT.retried, body: retryJobRequest },
  }),
  rollbackJob: route('POST /jobs/{jobId}/rollback', {
    ...{ ...command, by: 'resume-job', body: rollbackJobRequest },
  }),
  resumeJob: route('POST /jobs/{jobId}/resume', {
    ...{ ...ofJobs('resume-job'), scopes: retriers, about: ABOUT.retried },
    ...{ body: resumeJobRequest, bounds: GRAPH_BODY },
    answers: { 200: resumeJobResponse, 202: resumeJobResponse },
  }),
  explainNode: route('GET /jobs/{jobId}/nodes/{nodeId}/explanation', {
    ...{ ...ofJobs('get-job'), params: jobNodeParams, answers: { 200: nodeExplanation } },
  }),
  reclassifyAttempt: route(`POST ${ATTEMPT}/class`, {
    ...{ ...command, params: attemptParams, body: reclassifyRequest },
  }),
  setJobPriority: route('POST /jobs/{jobId}/priority', { ...command, body: jobPriorityRequest }),
  shareJob: route('POST /jobs/{jobId}/share', { ...command, about: ABOUT.held, body: shareJobRequest }),
  unshareJob: route('POST /jobs/{jobId}/unshare', { ...command, about: ABOUT.held, body: shareJobRequest }),

  registerGraph: route('POST /graphs', {
    ...{
      by: 'register-graph',
      scopes: owners,
      about: ABOUT.own,
      body: registerGraphRequest,
      bounds: GRAPH_BODY,
    },
    answers: { 200: graphSummary, 201: graphSummary },
  }),
  getGraph: route('GET /graphs/{hash}', {
    ...{
      by: 'get-job',
      scopes: owners,
      about: 'of those who brought it and administrators; unknown to others',
      params: graphParams,
      query: graphQuery,
    },
    answers: { 200: graphView },
  }),

  listQueues: route('GET /queues', {
    ...{ by: 'get-queue', scopes: owners, about: ABOUT.all, query: listQueuesQuery },
    answers: { 200: listQueuesResponse },
  }),
  getQueue: route('GET /queues/{pool}', {
    ...{ by: 'get-queue', scopes: owners, about: ABOUT.all, params: poolParams },
    answers: { 200: queueView },
  }),
  changeQueue: route('POST /queues/{pool}', {
    ...{
      by: 'change-queue',
      scopes: [admin],
      about: ABOUT.deployment,
      params: poolParams,
      body: changeQueueRequest,
      versioned: true,
    },
    answers: { 202: changeQueueResponse },
  }),

  getFlakes: route('GET /history/flakes', { ...ofHistory, answers: { 200: flakesResponse } }),
  getEffectiveness: route('GET /history/effectiveness', {
    ...{ ...ofHistory, about: ABOUT.retries, query: effectivenessQuery },
    answers: { 200: effectivenessResponse },
  }),
  getSignature: route('GET /history/signatures/{signature}', {
    ...{ by: 'history', scopes: owners, about: ABOUT.numbers, params: signatureParams },
    answers: { 200: signatureView },
  }),
  listQuarantines: route('GET /quarantines', {
    ...{ ...ofHistory, query: listQuarantinesQuery, answers: { 200: listQuarantinesResponse } },
  }),
  getQuarantine: route('GET /quarantines/{id}', {
    ...{ ...ofHistory, params: quarantineParams, answers: { 200: quarantineView } },
  }),
  putQuarantine: route('PUT /quarantines/{id}', {
    ...{ ...ofHistory, params: quarantineParams, body: putQuarantineRequest, versioned: true },
    answers: { 200: quarantineView },
  }),
  deleteQuarantine: route('DELETE /quarantines/{id}', {
    ...{ ...ofHistory, params: quarantineParams, versioned: true },
    answers: { 200: quarantineRemoved },
  }),

  listTriggers: route('GET /triggers', {
    ...{ ...ofTriggers, query: listTriggersQuery, answers: { 200: listTriggersResponse } },
  }),
  getTrigger: route('GET /triggers/{name}', ofTrigger),
  getTriggerEvents: route('GET /triggers/{name}/events', {
    ...{ ...ofTriggers, params: triggerParams, query: triggerEventsQuery },
    answers: { 200: triggerEventsResponse },
  }),
  putTrigger: route('PUT /triggers/{name}', {
    ...{ ...ofTrigger, body: putTriggerRequest, bounds: GRAPH_BODY, versioned: true },
    answers: { 200: triggerView, 201: triggerView },
  }),
  deleteTrigger: route('DELETE /triggers/{name}', { ...ofTrigger, versioned: true }),
  pauseTrigger: route('POST /triggers/{name}/pause', { ...ofTrigger, body: triggerReason, versioned: true }),
  unpauseTrigger: route('POST /triggers/{name}/unpause', {
    ...{ ...ofTrigger, body: triggerReason, versioned: true },
  }),
  fireTrigger: route('POST /triggers/{name}/fire', { ...ofTrigger, answers: { 202: fireTriggerResponse } }),

  listDependencies: route('GET /dependencies', {
    ...{ ...ofDependencies, query: listDependenciesQuery, answers: { 200: listDependenciesResponse } },
  }),
  getDependency: route('GET /dependencies/{name}', ofDependency),
  forceDependency: route('POST /dependencies/{name}/force', {
    ...{ ...changedDependency, body: forceDependencyRequest },
  }),
  resetDependency: route('POST /dependencies/{name}/reset', {
    ...{ ...changedDependency, body: resetDependencyRequest },
  }),

  listTargets: route('GET /notifications', {
    ...{ ...ofNotifications, query: listTargetsQuery, answers: { 200: listTargetsResponse } },
  }),
  getTarget: route('GET /notifications/{name}', ofTarget),
  testTarget: route('POST /notifications/{name}/test', changedTarget),
  acknowledgeAlert: route('POST /notifications/{name}/acknowledge', {
    ...changedTarget,
    body: acknowledgeRequest,
  }),
  redriveTarget: route('POST /notifications/{name}/redrive', {
    ...changedTarget,
    body: redriveTargetRequest,
  }),

  listLetters: route('GET /letters', {
    ...{ by: 'manage-letters', scopes: owners, about: ABOUT.ofOwner, query: listLettersQuery },
    answers: { 200: listLettersResponse },
  }),
  getLetters: route('GET /letters/{group}', {
    ...{ ...ofLetters, query: letterGroupQuery, answers: { 200: letterGroupView } },
  }),
  redriveLetters: route('POST /letters/{group}/redrive', {
    ...{ ...changedLetters, scopes: retriers, about: ABOUT.redriven, body: redriveLettersRequest },
  }),
  stopRedrive: route('POST /letters/{group}/redrive/stop', { ...changedLetters, body: stopRedriveRequest }),
  resolveLetters: route('POST /letters/{group}/resolve', {
    ...{ ...changedLetters, body: resolveLettersRequest },
  }),
  assignLetters: route('POST /letters/{group}/assign', { ...changedLetters, body: assignLettersRequest }),
  noteLetters: route('POST /letters/{group}/notes', { ...changedLetters, body: noteLettersRequest }),
  startCleanup: route('POST /cleanup', {
    ...{ ...ofCleanup, body: startCleanupRequest, answers: { 202: startCleanupResponse } },
  }),
  getCleanup: route('GET /cleanup', { ...ofCleanup, answers: { 200: cleanupView } }),

  getConfig: route('GET /config', { ...ofConfig, answers: { 200: configView } }),
  putConfig: route('PUT /config', {
    ...{ ...ofConfig, body: putConfigRequest, versioned: true, answers: { 200: configView } },
  }),
  getConfigHistory: route('GET /config/history', {
    ...{ ...ofConfig, query: configHistoryQuery, answers: { 200: configHistory } },
  }),

  listWorkers: route('GET /workers', {
    ...{ by: 'predictions', scopes: owners, about: ABOUT.all, query: listWorkersQuery },
    answers: { 200: listWorkersResponse },
  }),
  listPredictions: route('GET /health/predictions', {
    ...{ by: 'predictions', scopes: owners, about: ABOUT.predicted, query: predictionsQuery },
    answers: { 200: predictionsResponse },
  }),
  registerWorker: route('POST /workers', {
    ...{ by: 'register-worker', scopes: [worker], about: ABOUT.worker, body: registerWorkerRequest },
    answers: { 201: registerWorkerResponse },
  }),
  heartbeat: route('POST /workers/{workerId}/heartbeat', {
    ...{
      by: 'worker-heartbeat',
      scopes: [worker],
      about: ABOUT.worker,
      params: workerParams,
      body: heartbeatRequest,
    },
    answers: { 200: workerResponse },
  }),
  cordonWorker: route('POST /workers/{workerId}/cordon', {
    ...{ ...ofWorker, body: cordonWorkerRequest },
    answers: { 202: workerResponse },
  }),
  uncordonWorker: route('POST /workers/{workerId}/uncordon', {
    ...{ ...ofWorker, body: uncordonWorkerRequest },
    answers: { 202: workerResponse },
  }),

  attemptStarted: route(`POST ${ATTEMPT}/started`, { ...callback, body: callbackBodies.started }),
  attemptProgress: route(`POST ${ATTEMPT}/progress`, { ...callback, body: callbackBodies.progress }),
  attemptCompleted: route(`POST ${ATTEMPT}/completed`, { ...callback, body: callbackBodies.completed }),
  attemptFailed: route(`POST ${ATTEMPT}/failed`, { ...callback, body: callbackBodies.failed }),
  reportAttempts: route('POST /workers/{workerId}/reports', {
    ...{ ...callback, params: workerParams, body: reportsRequest, answers: { 200: reportsResponse } },
  }),

  getStreamEvents: route('GET /streams/{kind}/{id}/events', {
    ...{ by: 'get-job-events', scopes: [admin], about: ABOUT.deployment, params: streamParams },
    ...{ query: eventsQuery, answers: { 200: streamEventsResponse } },
  }),
  getTrace: route('GET /trace/{id}', {
    ...{ by: 'get-job', scopes: owners, about: ABOUT.job, params: traceParams, query: traceQuery },
    answers: { 200: traceResponse },
  }),
  getBottlenecks: route('GET /health/bottlenecks', {
    ...{ ...ofCapacity, query: bottlenecksQuery, answers: { 200: bottlenecksView } },
  }),
  getCapacity: route('GET /capacity/capacity', {
    ...{ ...ofCapacity, query: capacityQuery, answers: { 200: capacityView } },
  }),
  getUsage: route('GET /capacity/usage', {
    ...{ ...ofCapacity, query: usageQuery, answers: { 200: usageView } },
  }),
  whatIf: route('POST /capacity/what-if', {
    ...{ ...ofCapacity, body: whatIfRequest, answers: { 200: whatIfView } },
  }),

  /** Server-sent events, for as long as the caller listens. On AWS callers ask again and again. */
  getChanges: route('GET /changes', {
    ...{ by: 'daemon', scopes: owners, about: ABOUT.all, type: 'text/event-stream' },
    answers: { 200: changesStream },
  }),
  /** On AWS what commands write stays with the workers. */
  getAttemptLog: route(`GET ${ATTEMPT}/log`, {
    ...{ ...ofJobs('daemon'), params: attemptParams, query: attemptLogQuery, answers: { 200: attemptLog } },
  }),

  getHealth: route('GET /health', ofHealth),
  /** A daemon answers these two to whoever asks. */
  getLiveness: route('GET /health/live', ofHealth),
  getReadiness: route('GET /health/ready', ofHealth),
  signIn: route('GET /sign-in', {
    ...{ by: 'public', open: true, scopes: [], about: 'how to come to a token' },
    answers: { 200: signInView },
  }),
  describeError: route('GET /errors/{code}', {
    ...{ by: 'public', open: true, scopes: [], about: 'what an error means', params: errorParams },
    answers: { 200: errorView },
  }),
  getAudit: route('GET /audit', {
    ...{ by: 'get-audit', scopes: owners, about: ABOUT.audited, query: auditQuery },
    answers: { 200: auditResponse },
  }),

  /** On AWS events are put on the bus itself. */
  putEvent: route('POST /events', {
    ...{ by: 'daemon', scopes: owners, about: ABOUT.own, body: putEventRequest },
    answers: { 202: putEventResponse },
  }),
} as const;

/** Routes by the function that serves them on AWS; those that only a daemon has are left out. */
export function routesByFunction(): ReadonlyMap<string, readonly Route[]> {
  const byFunction = new Map<string, Route[]>();
  for (const each of Object.values<Route>(ROUTES)) {
    if (each.by === 'daemon') continue;
    byFunction.set(each.by, [...(byFunction.get(each.by) ?? []), each]);
  }
  return byFunction;
}
