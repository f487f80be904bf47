import { jobEngine } from '../shared/engine';
import { fifoHandler } from '../runtime/queue';
import { jobInputs } from './consumer';

export const handler = fifoHandler('jobs', jobInputs(jobEngine()));
