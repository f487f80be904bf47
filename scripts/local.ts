import { join } from 'node:path';
import { main } from '../lib/local/main';

void main(join(__dirname, '..'), process.argv.slice(2)).then((code) => process.exit(code));
