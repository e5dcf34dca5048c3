const CLOCK = /^(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:\.\d{1,9})?)$/;
const UNITS = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;
const SECONDS = /^\d+(?:\.\d+)?$/;
/** A year: no media file is longer, and sums of such times stay exact. */
const MAX_MS = 366 * 24 * 3600 * 1000;

/**
 * Parses a time or a duration as people write it: `90`, `90.5`, `90s`, `1m30s`, `500ms`, `1:30`, `1:02:03.5`.
 * @param text - seconds, a clock, or numbers with units. Not negative.
 * @returns milliseconds, rounded to the nearest whole one; undefined when the text is none of these.
 */
export function parseTimeMs(text: string): number | undefined {
  const seconds = secondsOf(text.trim());
  if (seconds === undefined) return undefined;
  const ms = Math.round(seconds * 1000);
  return ms <= MAX_MS ? ms : undefined;
}

function secondsOf(text: string): number | undefined {
  if (SECONDS.test(text)) return Number(text);
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = [clock[1] ?? '0', clock[2], clock[3]].map(Number) as [
      number,
      number,
      number,
    ];
    const isMinutesOfHour = clock[1] === undefined || minutes < 60;
    return seconds < 60 && isMinutesOfHour ? hours * 3600 + minutes * 60 + seconds : undefined;
  }
  const units = UNITS.exec(text);
  if (units === null || text === '') return undefined;
  const [hours, minutes, seconds, ms] = units
    .slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0));
  return hours! * 3600 + minutes! * 60 + seconds! + ms! / 1000;
}
