import { isRead } from '../../lib/api/route';
import { routesByFunction } from '../../lib/api/routes';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { type Statement, statementsByRole } from './support/policies';
import { synthesise } from './support/synth';

/** Actions that AWS defines no resource for. */
const WITHOUT_RESOURCES =
  /^(xray:|logs:(\w+LogDelivery|ListLogDeliveries|\w+ResourcePolic(y|ies)|DescribeLogGroups)$|dynamodb:ListStreams$|events:ListRules$|scheduler:ListSchedules$|states:ListStateMachines$)/;

/** What a function may do to the counts of owners, and to nothing else of the table. */
const isCount = ({ condition }: { condition: Statement['Condition'] }): boolean =>
  JSON.stringify(condition ?? {}).includes('dynamodb:LeadingKeys');

/** `FunctionsTimers` of `FunctionsTimersFunctionServiceRole1A2B3C4D`. */
const functionOf = (id: string): string => id.replace(/Function(?!s).*/, '');

describe.each(ENVIRONMENT_NAMES)('permissions in %s', (name) => {
  const policies = [...statementsByRole(synthesise(name).ofType)];
  const statements = policies.flatMap(([id, own]) => own.map((each) => ({ id, ...listed(each) })));

  it('name their resources, but for what AWS has no resources for', () => {
    for (const { id, actions, resources } of statements) {
      if (!resources.includes('*')) continue;
      expect({ id, actions: actions.filter((action) => !WITHOUT_RESOURCES.test(action)) }).toEqual({
        id,
        actions: [],
      });
    }
  });

  it('name their actions', () => {
    for (const { actions } of statements) for (const action of actions) expect(action).not.toContain('*');
  });

  it('never scan, never change a table or a queue', () => {
    const all = statements.flatMap(({ actions }) => actions);
    expect(
      all.filter((action) => /:(Scan|DeleteTable|UpdateTable|PurgeQueue|DeleteQueue)$/.test(action)),
    ).toEqual([]);
  });

  it.each([
    ['states.amazonaws.com', 'MachinesRole', ['FunctionsMachineBuilder', 'RegisterGraph']],
    [
      'scheduler.amazonaws.com',
      'TriggersSchedulerRole',
      [
        ...['FunctionsCleaner', 'FunctionsDependencyInputs', 'FunctionsEffects', 'FunctionsJobInputs'],
        ...[
          'FunctionsTimers',
          'FunctionsTriggers',
          'LettersInputs',
          'LettersRedrive',
          'ManageDependencies',
          'ManageLetters',
          'ManageNotifications',
          'ManageTriggers',
          'SubmitJob',
        ],
      ],
    ],
  ])('pass to %s one role and only where something is made for it', (service, role, functions) => {
    const all = statements.filter(({ actions }) => actions.includes('iam:PassRole'));
    const passes = all.filter(({ resources }) => JSON.stringify(resources).includes(role));
    expect(passes.map(({ id }) => functionOf(id)).sort()).toEqual(functions);
    expect(all).toHaveLength(15);
    for (const { actions, resources, condition } of passes) {
      expect(actions).toEqual(['iam:PassRole']);
      expect(resources).toHaveLength(1);
      expect(condition).toEqual({ StringEquals: { 'iam:PassedToService': service } });
    }
  });

  it('arm and disarm the clocks and rules of triggers of this environment, and no others', () => {
    // Not the role of the machines, whose nested executions use a rule of Step Functions'.
    const functions = statements.filter(({ id }) => !id.startsWith('MachinesRole'));
    const arms = functions.filter(({ actions }) =>
      actions.some((action) => /^(scheduler|events):(?!PutEvents|Get|List|Describe)/.test(action)),
    );
    const isTimer = ({ actions }: { actions: readonly string[] }) =>
      `${actions}` === 'scheduler:CreateSchedule';
    const idsOf = (some: typeof arms) => [...new Set(some.map(({ id }) => functionOf(id)))].sort();
    expect(idsOf(arms.filter((arm) => !isTimer(arm)))).toEqual([
      'FunctionsCleaner',
      'FunctionsEffects',
      'FunctionsTriggers',
      'ManageTriggers',
      'RuleCleaner',
    ]);
    // Timers are set and never taken back: they delete themselves.
    expect(idsOf(arms.filter(isTimer))).toEqual(
      expect.arrayContaining(['FunctionsJobInputs', 'FunctionsTimers', 'SubmitJob']),
    );
    for (const { resources } of arms.filter(isTimer)) {
      expect(JSON.stringify(resources)).toContain(`schedule/reprise-${name}/*`);
    }
    const lasting = arms.filter((arm) => !isTimer(arm) && !arm.resources.includes('*'));
    for (const { id, actions, resources } of lasting) {
      const isSchedules = actions.every((action) => action.startsWith('scheduler:'));
      if (id.startsWith('RuleCleaner'))
        expect(actions).toEqual(['events:DeleteRule', 'events:RemoveTargets']);
      // Whoever cleans up looks at timers as well.
      else
        expect(actions.filter((action) => action !== 'scheduler:GetSchedule')).toEqual(
          isSchedules
            ? ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:UpdateSchedule']
            : ['events:DeleteRule', 'events:PutRule', 'events:PutTargets', 'events:RemoveTargets'],
        );
      const place = isSchedules ? `schedule/reprise-${name}/*` : `rule/reprise-${name}/reprise-trigger-*`;
      for (const resource of resources) expect(JSON.stringify(resource)).toContain(place);
    }
  });

  it('let every function that owners call count them, and change nothing else by that', () => {
    const counts = statements.filter(
      (statement) => isCount(statement) && JSON.stringify(statement.condition).includes('QUOTA#*'),
    );
    expect(counts.map(({ id }) => functionOf(id)).sort()).toEqual(
      [
        ...[
          'Capacity',
          'ChangeQueue',
          'GetAudit',
          'GetJob',
          'GetJobEvents',
          'GetQueue',
          'History',
          'JobCommand',
          'ListJobs',
        ],
        ...[
          'ManageCleanup',
          'ManageConfig',
          'ManageDependencies',
          'ManageLetters',
          'ManageNotifications',
          'ManageTriggers',
          'Predictions',
          'RegisterGraph',
          'ResumeJob',
          'SubmitJob',
          'WorkerCommand',
        ],
      ].sort(),
    );
    for (const { actions, condition } of counts) {
      expect(actions).toEqual(['dynamodb:UpdateItem']);
      expect(condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['QUOTA#*'] } });
    }
  });

  it('keep answers to calls with an Idempotency-Key under keys of their own, where calls change something', () => {
    const keeping = statements.filter(({ condition }) =>
      JSON.stringify(condition ?? {}).includes('IDEMPOTENCY#*'),
    );
    const changing = [...routesByFunction()].filter(([, routes]) => !routes.every(isRead));
    expect(keeping.map(({ id }) => functionOf(id)).sort()).toEqual(
      changing.map(([name]) => name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase())).sort(),
    );
    for (const { actions } of keeping)
      expect(actions.toSorted()).toEqual(['dynamodb:DeleteItem', 'dynamodb:PutItem']);
  });

  it('make and delete machines of this environment only, and delete none of the stack', () => {
    const makes = statements.filter(({ actions }) => actions.includes('states:CreateStateMachine'));
    expect(makes.map(({ id }) => functionOf(id)).sort()).toEqual([
      'FunctionsMachineBuilder',
      'RegisterGraph',
    ]);
    const deletes = statements.filter(({ actions }) => actions.includes('states:DeleteStateMachine'));
    expect(deletes.map(({ id }) => functionOf(id))).toEqual(['FunctionsMachineCollector']);
    expect(deletes[0]?.condition).toEqual({
      StringEquals: { 'aws:ResourceTag/reprise:origin': 'registered' },
    });
    const tags = statements.filter(({ actions }) => actions.includes('states:TagResource'));
    expect(tags).toEqual(makes);
    for (const { actions, condition } of makes) {
      expect(actions).toEqual(['states:CreateStateMachine', 'states:TagResource']);
      // Or it could tag a machine of the stack, which the collector would then delete.
      expect(condition).toEqual({
        StringEquals: { 'aws:RequestTag/reprise:origin': 'registered' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['reprise:origin'] },
      });
    }
    for (const { resources } of [...makes, ...deletes])
      expect(JSON.stringify(resources)).toContain(`stateMachine:reprise-${name}-*`);
  });

  it('delete snapshots and no other object, and only where streams are archived', () => {
    const deletes = statements.filter(({ actions }) => actions.some((action) => /^s3:Delete/.test(action)));
    const own = deletes.filter(({ id }) => id.startsWith('Functions'));
    expect(own.map(({ id, actions }) => [functionOf(id), actions])).toEqual([
      ['FunctionsCleaner', ['s3:DeleteObject']],
    ]);
    expect(JSON.stringify(own[0]?.resources)).toContain('/snapshots/*');
  });

  it('let the API start the cleanup and call no other function', () => {
    const calls = statements.filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    const own = calls.filter(({ id }) => id.includes('Cleanup'));
    expect(own.map(({ id }) => functionOf(id))).toEqual(['ManageCleanup']);
    expect(JSON.stringify(own[0]?.resources)).toMatch(/FunctionsCleaner(Live|Function)/);
    expect(JSON.stringify(own[0]?.resources)).not.toContain(':*');
  });

  it('let a state machine send to the jobs queue and start machines of this environment', () => {
    const ofMachines = statements.filter(({ id }) => id.startsWith('MachinesRole'));
    const sends = ofMachines.filter(({ actions }) => actions.includes('sqs:SendMessage'));
    expect(sends).toHaveLength(1);
    expect(JSON.stringify(sends[0]?.resources)).toContain('QueuesJobsQueue');
    const starts = ofMachines.find(({ actions }) => actions.includes('states:StartExecution'));
    expect(JSON.stringify(starts?.resources)).toContain(`stateMachine:reprise-${name}-*`);
  });

  it('let the keeper write to the archive and to nothing else of the bucket, and out of DLQs only', () => {
    const own = statements.filter(({ id }) => id.startsWith('LettersKeeper'));
    const puts = own.filter(({ actions }) => actions.includes('s3:PutObject'));
    expect(puts).toHaveLength(1);
    expect(JSON.stringify(puts[0]?.resources)).toContain('/letters/*');
    const takes = own.filter(({ actions }) => actions.includes('sqs:DeleteMessage'));
    const queues = takes.flatMap(({ resources }) => resources.map((resource) => JSON.stringify(resource)));
    expect(queues).toHaveLength(15);
    expect(queues.filter((queue) => !queue.includes('Dlq'))).toEqual([]);
  });

  it.each([
    ['ListJobs', '(dynamodb|s3|sqs):(Put|Update|Delete|Send)'],
    ['GetJob', '(dynamodb|s3|sqs):(Put|Update|Delete|Send)'],
    ['AttemptCallback', 'dynamodb|s3'],
    ['ListJobs', 's3'],
    ['WorkerHeartbeat', 's3|secretsmanager'],
    ['JobCommand', 'dynamodb:(Put|Update|Delete|Batch.*Write)|s3|secretsmanager|states|events'],
    ['GetQueue', '(dynamodb|s3|sqs):(Put|Update|Delete|Send)|events'],
    ['Predictions', '(dynamodb|s3|sqs):(Put|Update|Delete|Send)|events'],
    ['ChangeQueue', '(dynamodb|s3):(Put|Update|Delete)|secretsmanager|states|events'],
    ['FunctionsTimers', 'dynamodb|s3|secretsmanager'],
    ['FunctionsOutboxRelay', 's3|secretsmanager|states'],
    ['FunctionsPoolInputs', 'states|secretsmanager'],
    ['FunctionsDependencyInputs', 'states|secretsmanager'],
    ['ManageDependencies', 'states|secretsmanager'],
    ['ManageLetters', 'states|secretsmanager'],
    ['FunctionsJobInputs', 'secretsmanager|states:(Create|Delete)'],
    ['SubmitJob', 'states|secretsmanager'],
    ['GetGraph', '(dynamodb|s3|sqs):(Put|Update|Delete|Send)|states'],
    ['RegisterGraph', 'states:(Start|Stop|Send|Delete)|secretsmanager'],
    ['FunctionsMachineBuilder', 'states:Delete|secretsmanager|events'],
    ['LettersInputs', 'states|secretsmanager'],
    ['LettersRedrive', 'states|secretsmanager|s3:Delete'],
    [
      'LettersKeeper',
      'states|secretsmanager|events|scheduler|dynamodb:(Put|Update|Delete|Batch.*Write)|s3:Delete',
    ],
    ['FunctionsMachineCollector', 'states:(Start|Stop|Send|Create)|s3|secretsmanager'],
    ['FunctionsCleaner', 'states|sqs|lambda|s3:(Delete(?!Object$)|Put(?!Object$))|dynamodb:Scan'],
    [
      'ManageCleanup',
      '(dynamodb|s3|sqs):(Put|Update|Delete|Send|Batch.*Write)|s3|states|events|secretsmanager',
    ],
  ])('%s may not do what is not its work (%s)', (prefix, forbidden) => {
    const own = statements.filter(({ id }) => id.startsWith(`${prefix}Function`)).filter((s) => !isCount(s));
    // Reading the stream is how its source works, not something its code does.
    const actions = own.flatMap((s) => s.actions).filter((action) => !/Stream|GetRecords|Shard/.test(action));
    expect(actions.filter((action) => new RegExp(forbidden).test(action))).toEqual([]);
  });
});

describe('what the API sends to', () => {
  const policies = [...statementsByRole(synthesise('prod').ofType)];
  const targetsOf = (prefix: string, sent: string) => {
    const own = policies.filter(([id]) => id.startsWith(`${prefix}Function`));
    const statements = own.flatMap(([, each]) => each.map(listed));
    const texts = statements
      .filter(({ actions }) => actions.includes(sent))
      .map(({ resources }) => JSON.stringify(resources));
    return ['jobs', 'pools', 'dependencies', 'timers', 'dispatch', 'effects', 'graphs', 'Bus'].filter(
      (name) => texts.some((text) => new RegExp(`Queues${name}Queue|${name}EventBus|BusBus`, 'i').test(text)),
    );
  };

  it.each([
    ['SubmitJob', ['pools', 'timers', 'graphs']],
    ['JobCommand', ['jobs']],
    ['ChangeQueue', ['pools']],
    ['ManageDependencies', ['pools', 'timers']],
    ['WorkerHeartbeat', ['pools']],
    ['RegisterWorker', ['pools']],
    ['AttemptCallback', ['jobs']],
    ['GetQueue', []],
    ['Predictions', []],
  ])('%s: the queues %j and no other', (prefix, queues) => {
    expect(targetsOf(prefix, 'sqs:SendMessage')).toEqual(queues);
  });

  it('SubmitJob: the bus, to say that a queue is full', () => {
    const own = policies.filter(([id]) => id.startsWith('SubmitJobFunction'));
    const actions = own.flatMap(([, each]) => each.map(listed)).flatMap((s) => s.actions);
    expect(actions).toContain('events:PutEvents');
  });
});

function listed({ Action, Resource, Condition }: Statement) {
  return { actions: [Action].flat(), resources: [Resource].flat(), condition: Condition };
}
