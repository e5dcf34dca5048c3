/**
 * A piece of text that is shown for a while, in the words of WebVTT: what every text subtitle is turned into.
 * @see WebVTT: The Web Video Text Tracks Format, section 3
 */
export interface TextCue {
  /** When it appears, in whole milliseconds of the output timeline; at least 0. */
  readonly startMs: number;
  /** When it goes; after `startMs`. */
  readonly endMs: number;
  /** WebVTT cue text: escaped, every tag closed, no empty line in it; never empty. */
  readonly text: string;
  /** WebVTT cue settings, each of them a valid one, with spaces between; empty as a rule. */
  readonly settings: string;
}

/** What a cue says, whenever it says it. */
export type CueContent = Pick<TextCue, 'text' | 'settings'>;
