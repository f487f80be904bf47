// The shop on its own: node --import tsx examples/shop/app/main.ts [port]
import { join } from 'node:path';
import { jobDirectory } from '../steps/job';
import { startShop } from './server';
import { fileStore } from './store';

const directory = jobDirectory();
const shop = await startShop({
  assetsDirectory: join(directory, 'public'),
  cacheFile: join(directory, 'cache', 'also-bought.json'),
  store: fileStore(join(directory, 'shop.json')),
  port: Number(process.argv[2] ?? 8080),
});
console.log(`The shop is open: ${shop.url}`);
process.once('SIGINT', () => void shop.close());
