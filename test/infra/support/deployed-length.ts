/** Characters of a name that CloudFormation gives, with its stack before and its suffix behind. */
const MOST_OF_A_NAME = 80;

/** Characters of a value as it is deployed, in a region with a long name, whatever is referred to. */
export function deployedLength(value: unknown): number {
  if (value === null || typeof value !== 'object') return String(value).length;
  if (Array.isArray(value)) return 2 + sum(value.map((each) => quoted(each) + 1));
  const entries = Object.entries(value as Record<string, unknown>);
  const [[intrinsic, argument] = ['', '']] = entries;
  if (intrinsic === 'Fn::Join') return sum((argument as [string, unknown[]])[1].map(deployedLength));
  if (intrinsic === 'Fn::Select') return arnLength();
  if (intrinsic === 'Fn::ImportValue')
    return /Arn[0-9A-F]*$/.test(String(argument)) ? arnLength() : MOST_OF_A_NAME;
  if (intrinsic === 'Fn::GetAtt' || intrinsic === 'Ref') return referenceLength(argument);
  return 2 + sum(entries.map(([key, each]) => key.length + 4 + quoted(each)));
}

const quoted = (value: unknown): number => deployedLength(value) + 2;

function referenceLength(argument: unknown): number {
  const [id = '', attribute] = Array.isArray(argument) ? (argument as string[]) : [String(argument)];
  if (id.startsWith('AWS::')) return 'ap-southeast-1'.length;
  const name = Math.min(`reprise-staging-engine-${id}-1A2B3C4D5E6F`.length, MOST_OF_A_NAME);
  if (attribute === 'Arn') return arnLength(name);
  if (attribute !== undefined || !id.startsWith('Queues')) return name;
  return 'https://sqs.ap-southeast-1.amazonaws.com/111122223333/'.length + name;
}

const arnLength = (name = MOST_OF_A_NAME): number => 'arn:aws:sqs:ap-southeast-1:111122223333:'.length + name;

const sum = (lengths: readonly number[]): number => lengths.reduce((all, each) => all + each, 0);
