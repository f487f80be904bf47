import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { RestApiOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { version } from '../../package.json';
import { openApi } from '../api/openapi';
import { routesByFunction } from '../api/routes';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge, acknowledgeWildcards } from '../constructs/acknowledge';
import { removal } from '../constructs/removal';
import { originsOfPool } from '../constructs/sign-in-pool';
import { originsOfSignIn } from '../core/access/issuer';

export interface PageStackProps extends StackProps {
  readonly environment: EnvironmentConfig;
  readonly api: SpecRestApi;
  readonly pages: BuiltPages;
}

/** Folders of the pages as they were built. */
export interface BuiltPages {
  readonly dashboard: string;
  /** Where the API is browsed and tried. */
  readonly reference: string;
}

/** Where the page finds the API: under its own address, so that no other site is let in. */
const API = 'api';
/** Where the page of the API is. A daemon has it under `api`, which is the API itself here. */
const REFERENCE = 'reference';

/** The page of a deployment: files in a bucket that CloudFront alone reads, and the API beside them under `/api`. */
export class PageStack extends Stack {
  constructor(scope: Construct, id: string, { environment, api, pages, ...props }: PageStackProps) {
    super(scope, id, props);
    const bucket = bucketOf(this, environment);
    const headers = headersOf(this, environment);
    const distribution = new Distribution(this, 'Distribution', {
      comment: `The page of reprise-${environment.name}`,
      defaultRootObject: 'index.html',
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        // The classes of the CDK do not match its own interfaces under exactOptionalPropertyTypes.
        origin: S3BucketOrigin.withOriginAccessControl(bucket as IBucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: headers,
        compress: true,
      },
      additionalBehaviors: {
        [`${API}/*`]: {
          origin: new RestApiOrigin(api),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // With the token of the caller, and without the name of this host, which the gateway does not know.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          functionAssociations: [
            { function: withoutPrefix(this), eventType: FunctionEventType.VIEWER_REQUEST },
          ],
        },
      },
    });
    acceptFindings(distribution);
    upload(this, { bucket, distribution, pages });
    new CfnOutput(this, 'PageUrl', { value: `https://${distribution.distributionDomainName}/` });
  }
}

function bucketOf(scope: Construct, { dataRetained }: EnvironmentConfig): Bucket {
  const bucket = new Bucket(scope, 'Files', {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    removalPolicy: removal(dataRetained),
  });
  acknowledge(
    bucket,
    ['S1'],
    'It holds the files of the page, which are public: who read them is of no interest.',
  );
  return bucket;
}

/** What a daemon says of the page too, and that its host is spoken to by TLS alone. */
function headersOf(scope: Construct, environment: EnvironmentConfig): ResponseHeadersPolicy {
  const policy = [
    "default-src 'none'",
    ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "worker-src 'self'"],
    `connect-src 'self' ${signInOrigins(scope, environment).join(' ')}`,
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; ');
  return new ResponseHeadersPolicy(scope, 'Headers', {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
  });
}

/** Where a page that signs somebody in has to ask: at the issuer, at the pool that is made here, or where only SSM knows it, at any by TLS. */
function signInOrigins(scope: Construct, environment: EnvironmentConfig): readonly string[] {
  const { issuer, userPool, signInOrigins: others } = environment.auth;
  if (userPool !== undefined) return [...originsOfPool(environment, Stack.of(scope)), ...(others ?? [])];
  return issuer === undefined ? ['https:'] : originsOfSignIn(issuer, others);
}

function withoutPrefix(scope: Construct): EdgeFunction {
  return new EdgeFunction(scope, 'WithoutPrefix', {
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(
      `function handler(event) { var request = event.request; request.uri = request.uri.slice(${API.length + 1}); return request; }`,
    ),
  });
}

interface Upload {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  readonly pages: BuiltPages;
}

/** The files first, whose names change with what is in them; then the one that names them. */
function upload(scope: Construct, { bucket, distribution, pages }: Upload): void {
  const destinationBucket = bucket as IBucket;
  const assets = new BucketDeployment(scope, 'Assets', {
    destinationBucket,
    sources: [Source.asset(pages.dashboard, { exclude: ['index.html', 'manifest.json'] })],
    cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    // Whoever has the page open goes on with the files that it named.
    prune: false,
  });
  const reference = new BucketDeployment(scope, 'Reference', {
    destinationBucket,
    destinationKeyPrefix: REFERENCE,
    sources: [Source.asset(pages.reference)],
    cacheControl: [CacheControl.noCache()],
    prune: false,
    distribution,
    distributionPaths: [`/${REFERENCE}/*`],
  });
  const html = readFileSync(join(pages.dashboard, 'index.html'), 'utf8');
  const index = new BucketDeployment(scope, 'Index', {
    destinationBucket,
    sources: [
      Source.data('openapi.json', JSON.stringify(documentOfApi())),
      Source.data(
        'index.html',
        html.replace('name="reprise-api" content="."', `name="reprise-api" content="${API}"`),
      ),
    ],
    cacheControl: [CacheControl.noCache()],
    prune: false,
    distribution,
    distributionPaths: ['/', '/index.html', '/openapi.json'],
  });
  index.node.addDependency(assets, reference);
  acceptUploads(scope, bucket);
}

/** Of the routes that the gateway has, from where it has them. */
export function documentOfApi(): ReturnType<typeof openApi> {
  const routes = new Set([...routesByFunction().values()].flat());
  return { ...openApi(version, (route) => routes.has(route)), servers: [{ url: `/${API}` }] };
}

function acceptFindings(distribution: Distribution): void {
  acknowledge(distribution, ['CFR1'], 'Whose tokens are accepted says who may use it, not where they are.');
  acknowledge(
    distribution,
    ['CFR2'],
    'The gateway throttles calls, and the files cost what CloudFront costs.',
  );
  acknowledge(distribution, ['CFR3'], 'The log of the gateway has every call; the files are public.');
  acknowledge(
    distribution,
    ['CFR4'],
    'TLS 1.2 at least needs a certificate of a domain of its own: see docs/dashboard.md.',
  );
}

/** The function that uploads is the CDK's own, one for all uploads of a stack. */
function acceptUploads(scope: Construct, bucket: Bucket): void {
  const why =
    'The function is made by the CDK, runs while something is deployed, and reaches its own bucket and assets.';
  for (const child of scope.node.children) {
    if (!child.node.id.startsWith('Custom::CDKBucketDeployment')) continue;
    acknowledge(
      child,
      ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]', 'L1'],
      why,
    );
    acknowledge(
      child,
      UPLOAD_WILDCARDS.map((what) => `IAM5[${what}]`),
      why,
    );
    acknowledgeWildcards(child, [bucket.arnForObjects('*')], why);
  }
}

const UPLOAD_WILDCARDS = [
  ...['Action::s3:GetBucket*', 'Action::s3:GetObject*', 'Action::s3:List*', 'Action::s3:Abort*'],
  ...['Action::s3:DeleteObject*', 'Resource::*'],
  'Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*',
];
