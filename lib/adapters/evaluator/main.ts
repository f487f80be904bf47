import { judge, judgeEach } from '../../core/dag/condition/evaluate';
import type { Condition, EachItem } from '../../core/model/judgement';

// The process that evaluates conditions: one at a time, each a text of JSON, each answered. It ends with its parent.

process.on('disconnect', () => process.exit(0));
process.on('message', async (text: string) => {
  const asked = JSON.parse(text) as Condition | EachItem;
  process.send?.(await ('items' in asked ? judgeEach(asked) : judge(asked)));
});
process.send?.('ready');
