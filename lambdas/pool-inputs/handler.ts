import { poolEngine } from '../shared/engine';
import { fifoHandler } from '../runtime/queue';
import { poolInputs } from './consumer';

export const handler = fifoHandler('pools', poolInputs(poolEngine()));
