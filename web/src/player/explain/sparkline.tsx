// Small plots of the last values; what they say is said in words beside them.

/** In units of the drawing, which is stretched to its place. */
const WIDTH = 120;
const HEIGHT = 30;

/** One bar. */
export interface Bar {
  readonly value: number;
  /** By which it is coloured. */
  readonly kind: string;
}

/** A line through values, the newest at the right edge. */
export function Line({ values, room }: { readonly values: readonly number[]; readonly room: number }) {
  const top = topOf(values);
  const step = WIDTH / Math.max(1, room - 1);
  const from = WIDTH - (values.length - 1) * step;
  const points = values.map((value, n) => `${tenth(from + n * step)},${yOf(value, top)}`);
  const [first = '0,0'] = points;
  return (
    <Plot>
      <path
        class="plot-area"
        d={`M${first.split(',')[0]},${HEIGHT}L${points.join('L')}L${WIDTH},${HEIGHT}Z`}
      />
      <polyline class="plot-line" points={points.join(' ')} />
    </Plot>
  );
}

/** What bars are drawn of. */
export interface BarsProps {
  readonly bars: readonly Bar[];
  /** How many there is room for. */
  readonly room: number;
  /** The highest value that there can be; that of the bars when absent. */
  readonly top?: number;
}

/** Bars, the newest at the right edge. */
export function Bars({ bars, room, top: highest }: BarsProps) {
  const shown = bars.slice(-room);
  const top = highest ?? topOf(shown.map(({ value }) => value));
  const width = WIDTH / room;
  return (
    <Plot>
      {shown.map(({ value, kind }, n) => {
        // What is next to nothing is there all the same.
        const y = Math.min(yOf(value, top), HEIGHT - 1);
        return (
          <rect
            key={n}
            data-kind={kind}
            x={tenth(WIDTH - (shown.length - n) * width)}
            y={y}
            width={tenth(width * 0.75)}
            height={HEIGHT - y}
          />
        );
      })}
    </Plot>
  );
}

function Plot({ children }: { readonly children: preact.ComponentChildren }) {
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {children}
    </svg>
  );
}

function topOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0) || 1;
}

function yOf(value: number, top: number): number {
  return tenth(HEIGHT - 1 - (Math.max(0, value) / top) * (HEIGHT - 2));
}

function tenth(number: number): number {
  return Math.round(number * 10) / 10;
}
