/** Something that opens once. */
export interface Latch {
  readonly open: () => void;
  readonly opened: Promise<void>;
}

export function createLatch(): Latch {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
