import { judge } from '../../core/dag/condition/evaluate';
import type { Condition } from '../../core/model/judgement';

// The process that evaluates conditions: one at a time, each a text of JSON, each answered. It ends with its parent.

process.on('disconnect', () => process.exit(0));
process.on('message', async (text: string) => {
  process.send?.(await judge(JSON.parse(text) as Condition));
});
process.send?.('ready');
