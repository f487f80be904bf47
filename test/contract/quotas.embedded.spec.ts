import { createMemoryQuotas } from '../../lib/adapters/memory/quotas';
import { quotasContract } from './quotas.contract';

quotasContract('memory', async () => createMemoryQuotas());
