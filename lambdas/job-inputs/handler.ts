import { streamInputs } from '../runtime/inputs';
import { fifoHandler } from '../runtime/queue';
import { engine } from '../shared/engine';

export const handler = fifoHandler('jobs', streamInputs(engine(), 'job'));
