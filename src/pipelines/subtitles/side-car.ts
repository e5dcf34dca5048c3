import { parseScriptFile } from '../../codecs/subtitles/ass/parse-script-file.js';
import { parseSubripFile } from '../../codecs/subtitles/subrip/parse-subrip-file.js';
import { parseWebvttFile } from '../../codecs/subtitles/webvtt/parse-webvtt-file.js';
import type { TextCue } from '../../media/text-cue.js';
import { writeWebvttCues, writeWebvttHead } from '../../playlist/webvtt/write-webvtt.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { decodeFileText } from './decode-file-text.js';
import type { SubtitleDescription } from './describe-subtitles.js';
import { segmentRange } from './segment-range.js';
import type { TimeRange } from './shown-sample.js';
import type { TextSideCarName } from './side-car-name.js';

/** The most bytes of a subtitle file; large ones, full of drawings, have a few million. */
export const MAX_SIDE_CAR_BYTES = 16 << 20;

/** A subtitle file that lies beside the media, as it was read. */
export class SideCar {
  readonly #name: TextSideCarName;
  readonly #text: string;
  #cues: readonly TextCue[] | undefined;

  /**
   * @param name - what its name says.
   * @param bytes - the whole file.
   */
  constructor(name: TextSideCarName, bytes: Uint8Array) {
    this.#name = name;
    this.#text = decodeFileText(bytes);
  }

  /**
   * Writes what is shown in a range as WebVTT.
   * @throws {LimitExceededError} when there are too many cues.
   */
  webvtt(range: TimeRange): string {
    return writeWebvttHead({ isSegment: false }) + writeWebvttCues(this.#shownIn(range));
  }

  /**
   * Writes a segment of HLS.
   * @param timing - of the plan.
   * @param number - from 0.
   * @throws {RequestError} `not_found` when there is no such segment; {@link LimitExceededError} when there are too many cues.
   */
  segment(timing: RenditionTiming, number: number): string {
    return (
      writeWebvttHead({ isSegment: true }) + writeWebvttCues(this.#shownIn(segmentRange(timing, number)))
    );
  }

  /** The file itself, as text; undefined where WebVTT says all that it does. */
  get original(): string | undefined {
    return this.#name.format === 'ass' ? this.#text : undefined;
  }

  #shownIn(range: TimeRange): TextCue[] {
    this.#cues ??= PARSERS[this.#name.format](this.#text);
    return this.#cues.filter(({ startMs, endMs }) => startMs < range.endMs && endMs > range.startMs);
  }
}

const PARSERS: Readonly<Record<TextSideCarName['format'], (text: string) => TextCue[]>> = {
  srt: parseSubripFile,
  vtt: parseWebvttFile,
  ass: parseScriptFile,
};

const CODECS = { srt: 'subrip', vtt: 'webvtt', ass: 'ass' } as const;

/**
 * Describes a subtitle file by its name.
 * @param id - names it in addresses.
 */
export function describeSideCar(id: string, name: TextSideCarName): SubtitleDescription {
  const { format, language, title, isDefault, isForced, isHearingImpaired } = name;
  const isScript = format === 'ass';
  return {
    id,
    kind: isScript ? 'styled' : 'text',
    originalType: isScript ? 'ass' : undefined,
    codec: CODECS[format],
    language,
    name: title,
    isDefault,
    isForced,
    isHearingImpaired,
    source: 'file',
  };
}
