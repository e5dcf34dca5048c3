// Drawings on buttons: lines in a square of 24.

const LINES = {
  audio: 'M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3',
  back: 'M14.5 5 8 12l6.5 7',
  chapters: 'M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01',
  close: 'M6 6l12 12M18 6 6 18',
  info: 'M12 11v5.5M12 7.5h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  keyboard: 'M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8.5 13.8h7',
  next: 'M6 5.5v13l9.5-6.5zM18.5 5.5v13',
  play: 'M8 5v14l11-7z',
  previous: 'M18 5.5v13L8.5 12zM5.5 5.5v13',
  replay: 'M5 12a7 7 0 1 0 2.2-5.1M5 4.5V8h3.6',
  settings: 'M4 7.5h8.5M17.5 7.5H20M4 16.5h2.5M11.5 16.5H20M15 5.2v4.6M9 14.2v4.6',
  subtitles: 'M3.5 5.5h17v13h-17zM7 14.8h5M15 14.8h2M7 11.3h2M12 11.3h5',
  warning: 'M12 9.5v4.2M12 16.8h.01M12 4 2.8 19.5h18.4z',
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof LINES;

/** A drawing; what it means is said by what it stands on. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={LINES[name]} />
    </svg>
  );
}
