import { streamInputs } from '../runtime/inputs';
import { fifoHandler } from '../runtime/queue';
import { engine } from '../shared/engine';
import { intake } from '../shared/queues';

export const handler = fifoHandler('targets', streamInputs(engine(), 'target'), intake());
