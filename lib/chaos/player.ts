import { type PlannedWorld, playWorld } from './run';
import { UNALTERED } from './world/alteration';

// The process that plays worlds for another one: one at a time, each answered. It ends with its parent.

process.on('disconnect', () => process.exit(0));
process.on('message', async (planned: PlannedWorld) => {
  process.send?.(await playWorld(planned, UNALTERED));
});
