import { setFlagsFromString } from 'node:v8';
import { main } from '../lib/cli/main';

// Most commands end before optimised code has paid for its compilation: docs/adr/0009-late-optimisation.md.
setFlagsFromString('--interrupt-budget=1000000');

void main(process.argv);
