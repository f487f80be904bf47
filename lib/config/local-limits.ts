import type { EnvironmentName } from './schema';

/**
 * The one place that says how the local cloud differs from AWS in what can be deployed. MiniStack fails the whole
 * template over a resource type it does not know, so these are left out of `local`, and of `local` only; the tests
 * of the other environments' templates hold them in.
 */
export interface CloudFeatures {
  /** `AWS::Events::Archive` */
  readonly eventArchive: boolean;
  /** `AWS::StepFunctions::StateMachineVersion` and `StateMachineAlias` */
  readonly machineVersions: boolean;
  /** `AWS::ApiGatewayV2::RouteResponse`, without which AWS drops what a WebSocket route returns and MiniStack sends it. */
  readonly socketResponses: boolean;
  /** A definition that lies in a bucket (`DefinitionS3Location`); the local cloud's templates have no end. */
  readonly definitionAssets: boolean;
  /** `AWS::CodeDeploy::*`; an alias that nothing shifts would be one more thing to deploy. */
  readonly deployments: boolean;
  /** `x-amazon-apigateway-gateway-responses` of a definition of an API; the local cloud reads them as resources only. */
  readonly gatewayResponsesInDefinition: boolean;
  /** `x-amazon-apigateway-any-method` of a path; the local cloud passes it over, and has each method written out. */
  readonly anyMethodInDefinition: boolean;
  /** A policy of TLS for a REST API; what plays the gateway on this machine has no TLS. */
  readonly tlsPolicies: boolean;
}

const AWS: CloudFeatures = {
  eventArchive: true,
  machineVersions: true,
  socketResponses: true,
  definitionAssets: true,
  deployments: true,
  gatewayResponsesInDefinition: true,
  anyMethodInDefinition: true,
  tlsPolicies: true,
};
const MINISTACK: CloudFeatures = {
  eventArchive: false,
  machineVersions: false,
  socketResponses: false,
  definitionAssets: false,
  deployments: false,
  gatewayResponsesInDefinition: false,
  anyMethodInDefinition: false,
  tlsPolicies: false,
};

export function cloudFeatures(environment: EnvironmentName): CloudFeatures {
  return environment === 'local' ? MINISTACK : AWS;
}
