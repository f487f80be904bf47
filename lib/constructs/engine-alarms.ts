import { Duration } from 'aws-cdk-lib';
import type { IAlarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { StateTransitionMetric } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { routesByFunction } from '../api/routes';
import type { EnvironmentConfig } from '../config/schema';
import { chunks } from '../core/model/chunks';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { countedMetric, metricOf, total } from './engine-metrics';
import { GSI1 } from './jobs-table';

/** Part of the account's concurrency that may be taken before somebody should ask for more. */
const ENOUGH_CONCURRENCY = 0.8;

/** Functions that perform what events of jobs require. */
const PUBLISHERS = ['job-inputs', 'effects'];
/** CloudWatch adds up no more metrics than that in an alarm. */
const SUMMED = 10;
/** Three turns of the reconciler; a state out of step now and then is what it is for. */
const REPAIRS_PERIOD = Duration.minutes(15);
const MANY_REPAIRS = 20;

/** Every function: that it fails, and that it is not let run. */
export function raiseFunctionAlarms(fn: LambdaFunction, alarms: Alarms, name: string): IAlarm[] {
  // A refused token is an error to Lambda: what fails of the authorizer is counted by itself.
  const errors =
    name === 'authorizer'
      ? undefined
      : alarms.raise(fn, 'Errors', {
          metric: fn.metricErrors({ period: ALARM_PERIOD }),
          above: 0,
          periods: 3,
          description: `The function ${name} fails in each of three minutes.`,
          runbook: 'functionErrors',
        });
  const throttles = alarms.raise(fn, 'Throttles', {
    metric: fn.metricThrottles({ period: ALARM_PERIOD }),
    above: 0,
    periods: 3,
    description: `The function ${name} is not let run, in each of three minutes.`,
    runbook: 'throttled',
  });
  return [errors, throttles].filter((alarm) => alarm !== undefined);
}

/** What no single resource of the engine can say of itself. */
export class EngineAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { environment, table, alarms }: { environment: EnvironmentConfig; table: Table; alarms: Alarms },
  ) {
    super(scope, id);
    alarms.raise(this, 'Concurrency', {
      metric: metricOf('AWS/Lambda', 'ClaimedAccountConcurrency', {}, { statistic: 'Maximum' }),
      above: Math.floor(environment.concurrency.account * ENOUGH_CONCURRENCY),
      periods: 3,
      description: 'Functions of this account and region take four fifths of its concurrency.',
      runbook: 'concurrency',
    });
    alarms.raise(this, 'KeysUnavailable', {
      metric: countedMetric(environment, 'KeysUnavailable', 'authorizer'),
      above: 0,
      periods: 3,
      description: 'Callers are answered 503, as their tokens cannot be verified.',
      runbook: 'keysUnavailable',
      isOutage: true,
    });
    alarms.raise(this, 'Repairs', {
      metric: countedMetric(environment, 'StatesRepaired', 'reconciler', { period: REPAIRS_PERIOD }),
      above: MANY_REPAIRS,
      description: `The reconciler has repaired more than ${MANY_REPAIRS} states in a quarter of an hour.`,
      runbook: 'repairs',
    });
    const consumers = Object.keys(environment.concurrency.consumers);
    for (let from = 0; from < consumers.length; from += SUMMED) {
      const some = consumers.slice(from, from + SUMMED);
      alarms.raise(this, from === 0 ? 'Poisoned' : `Poisoned${from / SUMMED + 1}`, {
        metric: total(some.map((service) => countedMetric(environment, 'InputsPoisoned', service))),
        above: 0,
        description: 'Messages that can never be handled have gone to a DLQ.',
        runbook: 'poisoned',
      });
    }
    alarms.raise(this, 'RecoveriesFailed', {
      metric: total(PUBLISHERS.map((service) => countedMetric(environment, 'RecoveriesFailed', service))),
      above: 0,
      description: 'A recovery has failed: a person has to decide what becomes of a node.',
      runbook: 'recoveryFailed',
    });
    alarms.raise(this, 'TableThrottles', {
      metric: throttlesOf(table),
      above: 0,
      periods: 3,
      description: 'DynamoDB refuses reads or writes of the table in each of three minutes.',
      runbook: 'tableThrottled',
    });
    alarms.raise(this, 'MachineThrottles', {
      metric: total([
        StateTransitionMetric.metricThrottledEvents({ statistic: 'Sum', period: ALARM_PERIOD }),
        metricOf('AWS/States', 'ThrottledEvents', { APIName: 'StartExecution' }),
      ]),
      above: 0,
      periods: 5,
      description: 'Step Functions delays transitions or refuses executions of this account.',
      runbook: 'machinesThrottled',
    });
    // Which functions serve the API, the list of routes says: too many for one sum.
    for (const [i, services] of chunks([...routesByFunction().keys(), 'authorizer'], SUMMED).entries()) {
      alarms.raise(this, i === 0 ? 'RecordsLost' : `RecordsLost${i + 1}`, {
        metric: total(services.map((service) => countedMetric(environment, 'RecordsLost', service))),
        above: 0,
        description: 'Calls were answered whose record could not be written to the audit trail.',
        runbook: 'recordsLost',
      });
    }
    alarms.raise(this, 'Leftovers', {
      metric: countedMetric(environment, 'LeftoversFailed', 'cleaner'),
      above: 0,
      description: 'The daily cleanup could not archive or remove something.',
      runbook: 'leftovers',
    });
  }
}

function throttlesOf({ tableName: TableName }: Table): IMetric {
  const metrics = ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) => [
    metricOf('AWS/DynamoDB', name, { TableName }),
    metricOf('AWS/DynamoDB', name, { TableName, GlobalSecondaryIndexName: GSI1 }),
  ]);
  return total(metrics);
}
