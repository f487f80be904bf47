import { createProcessExecutor } from '../../../../../lib/adapters/embedded/process/executor';
import { request } from './harness';

/** A process for tests to kill: submits attempts, says so line by line, and waits for its end. */
const [dir, count, command] = process.argv.slice(2) as [string, string, string];
const executor = createProcessExecutor({ dir, clock: Date.now, onReport: () => {} });
async function main() {
  for (let i = 0; i < Number(count); i++) {
    await executor.submit(request(command, { nodeId: `n${i}` }));
    process.stdout.write(`submitted ${i}\n`);
  }
}
void main();
setInterval(() => {}, 1_000);
