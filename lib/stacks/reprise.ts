import { type App, Tags } from 'aws-cdk-lib';
import type { EnvironmentConfig } from '../config/schema';
import type { DeployedGraph } from '../constructs/deployed-graphs';
import type { LambdaCode } from '../constructs/lambda-code';
import { pageStackOf, stacksOf } from '../core/doctor/stacks';
import { ApiStack } from './api-stack';
import { DataStack } from './data-stack';
import { EngineStack } from './engine-stack';
import { type BuiltPages, PageStack } from './page-stack';

export interface RepriseProps {
  readonly environment: EnvironmentConfig;
  readonly code: LambdaCode;
  /** The graphs of `statemachines/`, compiled. */
  readonly graphs: readonly DeployedGraph[];
  /** Definition of the graph runner. */
  readonly runner: string;
  readonly pages: BuiltPages;
}

export interface RepriseStacks {
  readonly data: DataStack;
  readonly engine: EngineStack;
  readonly api: ApiStack;
}

/** One environment of Reprise. Names carry the environment, so an account can hold several. */
export function reprise(app: App, { environment, pages, ...props }: RepriseProps): RepriseStacks {
  const names = stacksOf(environment.name);
  const common = { terminationProtection: environment.dataRetained };
  const data = new DataStack(app, names.data, { ...common, environment });
  const engine = new EngineStack(app, names.engine, { ...common, environment, data, ...props });
  const api = new ApiStack(app, names.api, { ...common, engine });
  // A local cloud has no CloudFront; a daemon serves the page there.
  if (environment.name !== 'local')
    new PageStack(app, pageStackOf(environment.name), { ...common, environment, api: api.rest, pages });
  Tags.of(app).add('application', 'reprise');
  Tags.of(app).add('environment', environment.name);
  return { data, engine, api };
}
