import type { CueContent } from '../../../media/text-cue.js';
import { CueTextWriter, MAX_CUE_CHARACTERS, PLAIN_STYLE, type TextStyle } from '../cue-text.js';
import { viewSampleBoxes } from '../sample-boxes.js';

/** A stretch of text that does not look as the rest does. */
interface StyledStretch {
  /** The first character, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  readonly style: TextStyle;
}

const STYLE_RECORD_BYTES = 12;
/** Where the default style stands in a sample entry: behind flags, justification, colour and box. */
const DEFAULT_STYLE_OFFSET = 18;

/**
 * Parses a sample of 3GPP timed text, or of the text of QuickTime.
 * @param sample - text with its length before it, then boxes that modify it.
 * @param sampleEntry - what follows the first fields of the sample entry, where the default style stands.
 * @param decode - for text that has no byte order mark.
 * @returns undefined when nothing is to be seen, as in the samples that fill the time between others.
 * @see 3GPP TS 26.245, section 5.17
 */
export function parseTimedTextSample(
  sample: Uint8Array,
  sampleEntry: Uint8Array | undefined,
  decode: (bytes: Uint8Array) => string,
): CueContent | undefined {
  if (sample.length < 2) return undefined;
  const length = (sample[0]! << 8) | sample[1]!;
  const bytes = sample.subarray(2, 2 + length);
  const characters = Array.from(decodeText(bytes, decode)).slice(0, MAX_CUE_CHARACTERS);
  const own = styleAt(sampleEntry, DEFAULT_STYLE_OFFSET);
  const writer = new CueTextWriter();
  let at = 0;
  for (const { start, end, style } of stretchesOf(sample.subarray(2 + length))) {
    if (start < at || end <= start) continue;
    writer.style = own;
    writer.write(characters.slice(at, start).join(''));
    writer.style = style;
    writer.write(characters.slice(start, end).join(''));
    at = end;
  }
  writer.style = own;
  writer.write(characters.slice(at).join(''));
  const text = writer.finish();
  return text === '' ? undefined : { text, settings: '' };
}

/** Text with a byte order mark is UTF-16. */
function decodeText(bytes: Uint8Array, decode: (bytes: Uint8Array) => string): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return decode(bytes);
}

function stretchesOf(modifiers: Uint8Array): StyledStretch[] {
  const body = viewSampleBoxes(modifiers).find(({ type }) => type === 'styl')?.body;
  if (body === undefined || body.length < 2) return [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = Math.min(view.getUint16(0), Math.floor((body.length - 2) / STYLE_RECORD_BYTES));
  return Array.from({ length: count }, (_, n) => {
    const offset = 2 + n * STYLE_RECORD_BYTES;
    return { start: view.getUint16(offset), end: view.getUint16(offset + 2), style: styleAt(body, offset) };
  }).sort((a, b) => a.start - b.start);
}

/** The face of a style record: 1 is bold, 2 italic, 4 underlined. */
function styleAt(bytes: Uint8Array | undefined, offset: number): TextStyle {
  const face = bytes?.[offset + 6];
  if (face === undefined) return PLAIN_STYLE;
  return { isBold: (face & 1) !== 0, isItalic: (face & 2) !== 0, isUnderlined: (face & 4) !== 0 };
}
