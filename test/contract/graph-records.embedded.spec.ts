import { memoryRecords } from '../unit/adapters/aws/machines/registry-world';
import { describeGraphRecords } from './graph-records.contract';

describeGraphRecords('memory, as tests have them', async () => memoryRecords());
