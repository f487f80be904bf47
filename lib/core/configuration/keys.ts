import * as z from 'zod';
import { retryLimitsSchema } from '../access/retry-limits';
import { DEFAULT_RETENTION, retentionSchema } from '../cleanup/retention';
import { dependencyPoliciesSchema, NO_POLICIES } from '../dependency/policy';
import { DEFAULT_ESCALATION, escalationSchema } from '../model/escalation';
import type { ReadOnly } from '../model/read-only';
import { defaultRule, FLAG_NAMES, FLAGS, type FlagName, type FlagRule, flagRuleSchema } from './flags';

/** What can be configured while the engine runs. No value is a secret: secrets are named, and kept elsewhere. */
interface Key {
  readonly schema: z.ZodType;
  readonly default: unknown;
  /** In a sentence. */
  readonly what: string;
  /** Which runtime has it. */
  readonly of: 'both' | 'daemon';
  /** What sets it in `reprise serve`, and in the stack. */
  readonly flag?: string;
  readonly stack?: string;
}

const SETTINGS = {
  'retries.limits': {
    schema: retryLimitsSchema,
    default: [],
    what: 'what nodes may ask for at most when they are tried again',
    of: 'both',
    flag: '--retry-limits',
    stack: 'retries.limits',
  },
  'retries.explore': {
    schema: z.number().min(0).max(0.25),
    default: 0,
    what: 'the share of retries that may try what is not known to be best; 0 learns nothing',
    of: 'both',
    flag: '--explore',
    stack: 'retries.explore',
  },
  'recovery.escalation': {
    schema: escalationSchema,
    default: DEFAULT_ESCALATION,
    what: 'who is told, and when, that a recovery has failed',
    of: 'both',
    flag: '--escalation',
    stack: 'recovery.escalation',
  },
  dependencies: {
    schema: dependencyPoliciesSchema,
    default: NO_POLICIES,
    what: 'when the breakers of dependencies open; what differs by name',
    of: 'both',
    flag: '--dependencies',
    stack: 'dependencies',
  },
  'cleanup.jobDays': {
    schema: retentionSchema.shape.jobDays,
    default: DEFAULT_RETENTION.jobDays,
    what: 'days that a job is kept after its end, once the daemon cleans up (`--older-than`)',
    of: 'daemon',
    flag: '--older-than',
  },
  'cleanup.auditDays': {
    schema: retentionSchema.shape.auditDays.unwrap(),
    default: DEFAULT_RETENTION.auditDays,
    what: 'days that a day of the audit trail is kept where it was written, once the daemon cleans up',
    of: 'daemon',
    flag: '--audit-older-than',
  },
  'cleanup.keepJobs': {
    schema: retentionSchema.shape.keepJobs,
    default: DEFAULT_RETENTION.keepJobs,
    what: 'jobs that are kept however old they are: those that ended last',
    of: 'daemon',
    flag: '--keep',
  },
} as const satisfies Record<string, Key>;

type SettingKey = keyof typeof SETTINGS;
type FlagKey = `features.${FlagName}`;
export type ConfigKey = SettingKey | FlagKey;

/** Every value, by its key. */
export type Configuration = {
  readonly [K in SettingKey]: ReadOnly<z.output<(typeof SETTINGS)[K]['schema']>>;
} & {
  readonly [K in FlagKey]: ReadOnly<FlagRule>;
};

/** Values of some keys, as a layer has them. */
export type ConfigValues = { readonly [K in ConfigKey]?: Configuration[K] };

const features = FLAG_NAMES.map((name): [FlagKey, Key] => [
  `features.${name}`,
  {
    schema: flagRuleSchema,
    default: defaultRule(name),
    what: `${FLAGS[name].what} (until ${FLAGS[name].expires})`,
    of: 'both',
  },
]);

/** The one list of keys. docs/configuration.md shows it. */
export const CONFIG_KEYS: Readonly<Record<ConfigKey, Key>> = {
  ...SETTINGS,
  ...(Object.fromEntries(features) as Record<FlagKey, Key>),
};

export const CONFIG_KEY_NAMES = Object.keys(CONFIG_KEYS) as ConfigKey[];

export const isConfigKey = (key: string): key is ConfigKey => Object.hasOwn(CONFIG_KEYS, key);

/** The variable of the environment that sets a key of a daemon, as YAML or JSON: `REPRISE_RETRIES_EXPLORE`. */
export function variableOf(key: ConfigKey): string {
  const words = key.replace(/([a-z])([A-Z])/g, '$1_$2').replace(/[.-]/g, '_');
  return `REPRISE_${words.toUpperCase()}`;
}
