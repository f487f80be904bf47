import { type Command, Option } from 'commander';
import { parse } from '../contract/read';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { parseDuration } from '../core/model/duration';
import { type Parameters, parametersSchema } from '../core/model/parameters';
import { PRIORITIES, type Priority } from '../core/model/priority';

/** What a command says of the job that it submits, besides its graph. */
export interface JobOptions {
  readonly priority: Priority;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly param: Parameters;
}

export function withJobOptions(command: Command): Command {
  return command
    .addOption(new Option('--priority <class>', 'of the job').choices(PRIORITIES).default('normal'))
    .option('--deadline <duration>', 'the job fails when it is not over by then, such as 30m', parseDeadline)
    .addOption(
      new Option('--param <name=value>', 'commands see it as REPRISE_PARAM_<NAME>; repeatable')
        .argParser(parseParam)
        .default({}, 'none'),
    );
}

/** @param now the deadline counts from here, milliseconds since the epoch. */
export function submissionOf({ priority, deadline, param }: JobOptions, now: number) {
  return {
    priority,
    ...(deadline === undefined ? {} : { deadlineAt: now + deadline }),
    ...(Object.keys(param).length === 0 ? {} : { parameters: param }),
  };
}

function parseDeadline(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0 && ms <= LIMITS.deadlineMs) return ms;
  const message = `--deadline: write a duration such as 30m or 2h, a year at most, not ${JSON.stringify(text)}`;
  throw new RepriseError('INPUT_INVALID', message);
}

function parseParam(text: string, before: Parameters): Parameters {
  const at = text.indexOf('=');
  if (at > 0) return parse(parametersSchema, { ...before, [text.slice(0, at)]: text.slice(at + 1) });
  throw new RepriseError('INPUT_INVALID', `--param ${text}: write NAME=VALUE`);
}
