import { typeOf } from '../contract/errors';
import { ERRORS, type ErrorCode, RepriseError } from '../core/errors';
import { STATUS } from './http-errors';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** Says what an error means and what mends it: where the `type` of every error leads. */
export function describeError(): Served {
  return serve(ROUTES.describeError, async ({ params: { code } }) => {
    if (!isCode(code))
      throw new RepriseError('ROUTE_NOT_FOUND', `there is no error ${code}: docs/errors.md lists all`);
    const { means: title, mend, disposition } = ERRORS[code];
    return {
      status: 200,
      body: { type: typeOf(code), code, title, mend, disposition, status: STATUS[code] },
    };
  });
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);
