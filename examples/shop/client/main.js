import { startAlsoBought } from './also-bought.js';
import { startCart } from './cart.js';
import { startFilter } from './filter.js';

startCart();
startFilter();
startAlsoBought();
