import { createWorkerAddresses } from '../../lib/adapters/http/worker-addresses';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';

/** Where workers may be called, wired from the environment. */
export const workerAddresses = once(() =>
  createWorkerAddresses({ httpCidrs: readEnv('HTTP_CIDRS').HTTP_CIDRS }),
);
