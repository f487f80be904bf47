import type { EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import { onSignals } from '../adapters/signals';
import type { RunPageOptions } from '../server/run-page';
import { EXIT } from './exit';
import { currentUser, say } from './options';

type Run = Pick<RunPageOptions, 'jobId' | 'layout' | 'journal' | 'slots'>;

/** The page of a run, where it was asked for. */
export async function pageOf(
  { ui = false, uiPort: port }: { readonly ui?: boolean; readonly uiPort: number },
  run: Run,
) {
  if (!ui) return undefined;
  // Most runs have none, and need not load what serves it.
  const { createRunPage } = await import('../server/run-page');
  const page = createRunPage({ ...run, owner: currentUser(), port, clock: Date.now, warn: say });
  return {
    journal: page.journal,
    /** The token of the link ends with this process, and opens a port of this machine alone: a log may keep it. */
    async open(runtime: EmbeddedRuntime): Promise<void> {
      say(`the page of this run: ${await page.open(runtime)}`);
    },
    /** Whoever looks at it goes on looking: where there is a terminal, until they end it there. */
    async linger(): Promise<void> {
      if (!process.stderr.isTTY) return;
      say('the page stays until Ctrl-C');
      await new Promise<void>((resolve) => {
        onSignals({ first: () => resolve(), again: () => process.exit(EXIT.forced) });
      });
    },
    close: page.close,
  };
}
