import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { placeOf } from '../../lib/api/route';
import { routesByFunction } from '../../lib/api/routes';
import { pageStackOf } from '../../lib/core/doctor/stacks';
import { documentOfApi } from '../../lib/stacks/page-stack';
import { NO_ISSUER, SAMPLE, synthesise } from './support/synth';

const stackOf = (name: 'dev' | 'local') =>
  synthesise(name).app.node.tryFindChild(pageStackOf(name)) as Stack | undefined;

describe('the page of a deployment', () => {
  const template = () => Template.fromStack(stackOf('dev') as Stack);

  it('is not there on a local cloud, which has no CloudFront', () => {
    expect(stackOf('local')).toBeUndefined();
  });

  it('stands in a bucket that CloudFront alone reads', () => {
    template().resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
    template().hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  it('has the API beside it under one address, uncached and with the token of the caller', () => {
    template().hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        DefaultRootObject: 'index.html',
        CacheBehaviors: [
          Match.objectLike({
            PathPattern: 'api/*',
            ViewerProtocolPolicy: 'https-only',
            CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
            OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
          }),
        ],
      }),
    });
    const [edge] = Object.values(template().findResources('AWS::CloudFront::Function'));
    const strip = new Function(`${edge?.['Properties'].FunctionCode}; return handler`)();
    expect(strip({ request: { uri: '/api/jobs/01J' } })).toEqual({ uri: '/jobs/01J' });
  });

  it('runs its own scripts and no other, and asks itself and the issuer', () => {
    const [headers] = Object.values(template().findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const { SecurityHeadersConfig: secure } = headers!['Properties'].ResponseHeadersPolicyConfig;
    const policy = secure.ContentSecurityPolicy.ContentSecurityPolicy as string;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self' https://id.shop.test;");
    expect(policy).not.toContain('unsafe');
    expect(secure.StrictTransportSecurity.AccessControlMaxAgeSec).toBe(365 * 86_400);
  });

  it('has the page of the API, and the document that it draws, with the address of the API', () => {
    const uploads = Object.values(template().findResources('Custom::CDKBucketDeployment'));
    expect(uploads.map(({ Properties }) => Properties['DestinationBucketKeyPrefix'])).toContain('reference');
    const { servers, paths } = documentOfApi();
    expect(servers).toEqual([{ url: '/api' }]);
    const deployed = [...routesByFunction().values()].flat().map(({ name }) => placeOf(name).path);
    expect(Object.keys(paths ?? {}).sort()).toEqual([...new Set(deployed)].sort());
  });

  it('asks the pool that a deployment makes: its issuer, and the domain that gives tokens, and no other', () => {
    const { app, templates } = synthesise('dev', [SAMPLE], NO_ISSUER);
    const page = Template.fromStack(app.node.findChild(pageStackOf('dev')) as Stack);
    const [headers] = Object.values(page.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const policy = headers!['Properties'].ResponseHeadersPolicyConfig.SecurityHeadersConfig;
    const [domain] = Object.values(templates.data.findResources('AWS::Cognito::UserPoolDomain'));
    const asked = /connect-src ([^;]*);/.exec(
      resolved(policy.ContentSecurityPolicy.ContentSecurityPolicy),
    )?.[1];
    expect(asked).toBe(
      `'self' https://cognito-idp.REGION.amazonaws.com https://${resolved(domain!['Properties'].Domain)}.auth.REGION.amazoncognito.com`,
    );
  });
});

/** What CloudFormation makes of a text, for some account and region. */
function resolved(text: unknown): string {
  const known: Readonly<Record<string, string>> = {
    'AWS::AccountId': 'ACCOUNT',
    'AWS::Region': 'REGION',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  if (typeof text === 'string') return text;
  const { Ref, 'Fn::Join': [, parts = []] = [] } = text as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  return Ref === undefined ? parts.map(resolved).join('') : (known[Ref] ?? Ref);
}
