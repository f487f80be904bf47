import { readdirSync } from 'node:fs';
import { buildProgram, overview } from './commands';
import { completions } from './completion';
import { layoutAt } from './options';
import { LOCAL, profilesOf } from './profiles';

/** Jobs that are offered at most, the newest first, as far as their ids say so. */
const JOBS = 100;

/** `reprise complete -- WORDS`: what the scripts of `completion` ask, at each press of the key. */
export async function complete(words: readonly string[]): Promise<void> {
  const [first = ''] = words;
  const program = words.length > 1 ? await buildProgram(first) : overview();
  // The library brings its own.
  const others = program.commands.filter((command) => command.name() !== 'completion');
  (program.commands as unknown[]).splice(0, program.commands.length, ...others);
  const names = {
    job: () => jobsIn(words),
    profile: profiles,
    name: first === 'profile' ? profiles : () => [],
  };
  process.stdout.write(await completions(program, words, names));
}

function jobsIn(words: readonly string[]): string[] {
  const at = words.indexOf('--journal');
  const { jobs } = layoutAt(at < 0 ? '.reprise' : (words[at + 1] ?? '.reprise'));
  try {
    return readdirSync(jobs).sort().reverse().slice(0, JOBS);
  } catch {
    return [];
  }
}

function profiles(): string[] {
  try {
    return [...Object.keys(profilesOf(process.env).all().profiles), LOCAL];
  } catch {
    return [LOCAL];
  }
}
