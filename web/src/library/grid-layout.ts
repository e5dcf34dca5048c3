// Where the cards of a grid are, by their numbers alone: only those in view are there.

/** The measures of a grid, in pixels. */
export interface GridLayout {
  readonly columns: number;
  readonly cardWidth: number;
  /** From the top of a row to that of the next. */
  readonly rowHeight: number;
  readonly gap: number;
}

/** A card is no narrower than this, in the text's own unit; but two stand side by side on any phone. */
const LEAST_WIDTH_REM = 12.5;
const LEAST_COLUMNS = 2;

/** Two lines of title and one of facts, with their distances. */
const TEXT_REM = 4.8;

/** Rows above and below the view that are there too: enough for a quick turn of the wheel. */
const MARGIN_ROWS = 2;

/**
 * Measures a grid.
 * @param width - of the grid, in pixels.
 * @param rem - size of the text, in pixels.
 */
export function layOut(width: number, rem: number): GridLayout {
  const gap = width < 40 * rem ? 0.75 * rem : 1.25 * rem;
  // Cards grow with the screen: on a wide one people sit further away.
  const least = Math.max(LEAST_WIDTH_REM * rem, width / 9);
  const columns = Math.max(LEAST_COLUMNS, Math.floor((width + gap) / (least + gap)));
  const cardWidth = (width - gap * (columns - 1)) / columns;
  return { columns, cardWidth, gap, rowHeight: Math.round((cardWidth * 9) / 16 + TEXT_REM * rem + gap) };
}

/** How high a grid is, in pixels. */
export function heightOf({ columns, rowHeight }: GridLayout, count: number): number {
  return Math.ceil(count / columns) * rowHeight;
}

/** Where a card is in its grid, in pixels. */
export function placeOf(
  { columns, cardWidth, rowHeight, gap }: GridLayout,
  index: number,
): { readonly left: number; readonly top: number } {
  return { left: (index % columns) * (cardWidth + gap), top: Math.floor(index / columns) * rowHeight };
}

/**
 * Which cards are there.
 * @param layout - of the grid.
 * @param count - how many cards there are in all.
 * @param top - of the view, from the top of the grid, in pixels.
 * @param height - of the view.
 * @returns the first, and the one after the last.
 */
export function visibleRange(
  { columns, rowHeight }: GridLayout,
  count: number,
  top: number,
  height: number,
): readonly [number, number] {
  const first = Math.floor(top / rowHeight) - MARGIN_ROWS;
  const end = Math.ceil((top + height) / rowHeight) + MARGIN_ROWS;
  return [clamp(first * columns, count), clamp(end * columns, count)];
}

function clamp(index: number, count: number): number {
  return Math.min(Math.max(0, index), count);
}
