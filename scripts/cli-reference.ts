import { writeFileSync } from 'node:fs';
import { buildProgram, commandGroups } from '../lib/cli/commands';
import { cliReference } from '../lib/cli/render/reference';

/** Keeps the reference of the command line: docs/cli.md. */
buildProgram().then((program) => writeFileSync('docs/cli.md', cliReference(program, commandGroups())));
