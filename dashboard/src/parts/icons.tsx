/** Drawn on a grid of 20 by 20, in the colour of the text. */
const PATHS = {
  jobs: 'M3 5h14M3 10h14M3 15h9',
  letters: 'M3 5.5h14v9H3zM3 6l7 5 7-5',
  workers: 'M4 4h12v5H4zM4 11h12v5H4zM7 6.5h.01M7 13.5h.01',
  capacity: 'M3 16V9M8 16V4M13 16v-5M18 16V7',
  health: 'M2 10h4l2-5 4 10 2-5h4',
  audit: 'M10 2.5 16.5 5v5c0 4-2.8 6.4-6.5 7.5C6.300 16.400 3.500 14 3.500 10V5zM7.500 10l2 2 3.500-4',
  api: 'M7 5 2.500 10 7 15M13 5l4.500 5-4.500 5M11.500 4l-3 12',
  back: 'M12 4 6 10l6 6',
  close: 'M5 5l10 10M15 5 5 15',
  play: 'M6 4l10 6-10 6z',
  pause: 'M6 4v12M14 4v12',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.500 13.500 17 17',
  upload: 'M10 13V4M6 7.500 10 3.500l4 4M4 16h12',
  empty: 'M4 9l2-5h8l2 5v7H4zM4 9h4l1 2h2l1-2h4',
  sun: 'M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM10 2v2M10 16v2M2 10h2M16 10h2M4.500 4.500l1.400 1.400M14.100 14.100l1.400 1.400M4.500 15.500l1.400-1.400M14.100 5.900l1.400-1.400',
  moon: 'M16 11.500A6.500 6.500 0 1 1 8.500 4a5 5 0 0 0 7.500 7.500z',
  auto: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  out: 'M8 4H4v12h4M9 10h8M14 7l3 3-3 3',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
