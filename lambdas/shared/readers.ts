import { createReader } from '../../lib/core/engine/reader';
import { once } from '../runtime/once';
import { kinds } from './kinds';
import { snapshots } from './objects';
import { journal } from './tables';

/** Reads streams where nothing is decided, saved or performed. */
export const reader = once(() => createReader({ journal: journal(), snapshots: snapshots() }, kinds()));
