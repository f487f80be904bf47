import type { Cents } from './money';

export type Kind = 'tea' | 'mug' | 'kettle' | 'book';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly price: Cents;
  readonly description: string;
  /** Pieces in stock when the shop opens. */
  readonly stock: number;
  /** The colour of its picture, in degrees. */
  readonly hue: number;
}

export const CATALOGUE: readonly Product[] = [
  {
    id: 'sencha',
    name: 'Sencha',
    kind: 'tea',
    price: 990,
    stock: 40,
    hue: 105,
    description: 'Steamed spring leaves from Uji, grassy and bright.',
  },
  {
    id: 'earl-grey',
    name: 'Earl Grey',
    kind: 'tea',
    price: 750,
    stock: 60,
    hue: 260,
    description: 'Black tea with oil of Calabrian bergamot.',
  },
  {
    id: 'lapsang',
    name: 'Lapsang Souchong',
    kind: 'tea',
    price: 1140,
    stock: 25,
    hue: 15,
    description: 'Dried over pinewood. Tastes like a campfire.',
  },
  {
    id: 'white-peony',
    name: 'White Peony',
    kind: 'tea',
    price: 1680,
    stock: 8,
    hue: 330,
    description: 'Two leaves and a bud, and nothing else.',
  },
  {
    id: 'mug-stone',
    name: 'Stone Mug',
    kind: 'mug',
    price: 1400,
    stock: 30,
    hue: 40,
    description: 'Thrown by hand, so no two are the same.',
  },
  {
    id: 'mug-sky',
    name: 'Sky Mug',
    kind: 'mug',
    price: 1400,
    stock: 30,
    hue: 205,
    description: 'A pale blue glaze with a dark foot.',
  },
  {
    id: 'mug-night',
    name: 'Night Mug',
    kind: 'mug',
    price: 1600,
    stock: 3,
    hue: 245,
    description: 'Deep indigo outside, bright white inside.',
  },
  {
    id: 'kettle-gooseneck',
    name: 'Gooseneck Kettle',
    kind: 'kettle',
    price: 6900,
    stock: 5,
    hue: 170,
    description: 'Pours slowly, exactly where you point.',
  },
  {
    id: 'kettle-cast-iron',
    name: 'Cast-Iron Kettle',
    kind: 'kettle',
    price: 11900,
    stock: 2,
    hue: 350,
    description: 'Heavy, slow and warm for an hour.',
  },
  {
    id: 'book-of-tea',
    name: 'The Book of Tea',
    kind: 'book',
    price: 1250,
    stock: 12,
    hue: 140,
    description: 'Okakura, 1906. Still the best introduction.',
  },
];

export function findProduct(id: string): Product | undefined {
  return CATALOGUE.find((item) => item.id === id);
}

/** Products whose name or description holds every word, in the order of the catalogue. */
export function search(words: string): readonly Product[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return CATALOGUE.filter((item) => {
    const text = `${item.name} ${item.description} ${item.kind}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
