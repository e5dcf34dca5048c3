/** Settings that say how pictures look; times and streams stand in other lines, which are ours. */
const SETTING =
  /^(?:size|org|scale|alpha|smooth|fadein\/out|align|forced subs|palette|custom colors): [\x20-\x7e]{0,400}$/i;
/** Most lines of settings; an index has some twenty, and as many comments. */
const MAX_LINES = 100;
/** Most text that settings are looked for in. */
const MAX_CHARACTERS = 16_384;

/**
 * Writes the head of the `.idx` file of VobSub, with one stream.
 * @param settings - lines of an index that the pictures were made with, as Matroska keeps them; what is none is left out.
 * @param language - of the stream: letters.
 * @returns lines that end with a line feed.
 * @see Matroska, "Codec mappings", S_VOBSUB
 */
export function writeVobsubHead(settings: string, language: string): string {
  const kept = settings
    .slice(0, MAX_CHARACTERS)
    .split(/[\r\n]+/)
    .slice(0, MAX_LINES)
    .map((line) => line.trim())
    .filter((line) => SETTING.test(line));
  return [
    '# VobSub index file, v7 (do not modify this line!)',
    ...kept,
    'langidx: 0',
    '',
    `id: ${language}, index: 0`,
    '',
  ].join('\n');
}

/**
 * Writes the line of a picture.
 * @param timeMs - when it is shown, in whole milliseconds.
 * @param position - where its first pack stands in the `.sub` file, in bytes.
 */
export function writeVobsubEntry(timeMs: number, position: number): string {
  const [hours, minutes, seconds] = [timeMs / 3_600_000, (timeMs / 60_000) % 60, (timeMs / 1000) % 60];
  const clock = [hours, minutes, seconds].map((part) => String(Math.floor(part)).padStart(2, '0'));
  const milliseconds = String(timeMs % 1000).padStart(3, '0');
  const filePosition = position.toString(16).padStart(9, '0');
  return `timestamp: ${clock.join(':')}:${milliseconds}, filepos: ${filePosition}\n`;
}
