import type { Random } from '../../core/model/time';
import { between } from '../draw';

/** The dependencies of a graph by number: each node lists nodes of lower numbers. */
export type Shape = readonly (readonly number[])[];

type Family = (size: number, random: Random) => Shape;

/** Families of graphs. Every one gives a shape of any size from 1 on. */
export const FAMILIES = {
  sequence: (size) => Array.from({ length: size }, (_, i) => (i === 0 ? [] : [i - 1])),
  /** One after the other, each with two side by side in the middle. */
  diamond: (size) =>
    Array.from({ length: size }, (_, i) => {
      const place = i % 3;
      if (place === 0) return i === 0 ? [] : [i - 2, i - 1];
      return [i - place];
    }),
  layered: (size, random) => {
    const width = Math.max(1, Math.round(Math.sqrt(size)));
    return Array.from({ length: size }, (_, i) => {
      const first = (Math.floor(i / width) - 1) * width;
      if (first < 0) return [];
      const above = Array.from({ length: width }, (_unused, k) => first + k);
      const needed = above.filter(() => random() < 0.5);
      return needed.length > 0 ? needed : [above[i % width] as number];
    });
  },
  forkJoin: (size) =>
    Array.from({ length: size }, (_, i) => {
      if (i === 0) return [];
      if (i < size - 1) return [0];
      return size === 2 ? [0] : Array.from({ length: size - 2 }, (_unused, k) => k + 1);
    }),
  sparse: (size, random) =>
    Array.from({ length: size }, (_, i) => {
      const count = i === 0 ? 0 : Math.min(i, between(0, 2, random()));
      return [...new Set(Array.from({ length: count }, () => Math.floor(random() * i)))];
    }),
  separate: (size) => Array.from({ length: size }, () => []),
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;
export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[];
