import { jobEngine } from '../shared/engine';
import { fifoHandler } from '../shared/queue';
import { jobInputs } from './consumer';

export const handler = fifoHandler('jobs', jobInputs(jobEngine()));
