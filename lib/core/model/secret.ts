import * as z from 'zod';
import { LIMITS } from '../limits';
import { variableNameSchema } from './variable';

/**
 * The name of a secret and of the variable in which a command gets its value. Only the name is ever journalled or
 * sent: the worker knows the value.
 */
export const secretNameSchema = variableNameSchema;

export const secretNamesSchema = z.array(secretNameSchema).max(LIMITS.secrets);
