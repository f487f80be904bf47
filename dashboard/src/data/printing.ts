import { useSyncExternalStore } from 'react';

const paper = matchMedia('print');
let isAboutTo = false;

/** Whether the page is being printed: paper does not scroll, so that what is shown in part is shown whole. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => isAboutTo || paper.matches);
}

function subscribe(listener: () => void): () => void {
  const begin = () => {
    isAboutTo = true;
    listener();
  };
  const end = () => {
    isAboutTo = false;
    listener();
  };
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  paper.addEventListener('change', listener);
  return () => {
    removeEventListener('beforeprint', begin);
    removeEventListener('afterprint', end);
    paper.removeEventListener('change', listener);
  };
}

/** Lines of a long list that are drawn: those that are seen, and on paper the last `most` of all, one below the other. */
export function useDrawn(
  virtual: { readonly getVirtualItems: () => readonly { readonly index: number; readonly start: number }[] },
  count: number,
  most = count,
): readonly { readonly index: number; readonly start: number }[] {
  if (!usePrinting()) return virtual.getVirtualItems();
  const first = Math.max(0, count - most);
  return Array.from({ length: count - first }, (_, i) => ({ index: first + i, start: 0 }));
}
