import { join } from 'node:path';
import { main } from '../lib/localcloud/main';

void main(join(__dirname, '..'), process.argv.slice(2)).then((code) => process.exit(code));
