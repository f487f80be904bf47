// Starts the payment provider's sandbox in the background; the cleanup stops it.
import { ensureSandbox } from '../sandbox/control';
import { output } from './job';

const url = await ensureSandbox();
console.log(`The payment sandbox listens at ${url}, asleep until the first charge.`);
output({ url });
