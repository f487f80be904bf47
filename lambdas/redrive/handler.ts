import { refusingHandler } from '../runtime/queue';
import { count, logger } from '../runtime/telemetry';
import { resendTo } from '../shared/dead-letters';
import { streams } from '../shared/engine';
import { messageArchive } from '../shared/objects';
import { intake } from '../shared/queues';
import { consumeRedrive } from './consume';

const consume = consumeRedrive({
  streams: streams(),
  archive: messageArchive(),
  resend: resendTo,
  log: logger,
  onLaid: () => count('LettersLaid'),
  onReturned: () => count('LettersReturned'),
});

export const handler = refusingHandler('redrive', consume, intake());
