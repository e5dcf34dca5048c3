/** How a stretch of text looks. */
export interface TextStyle {
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
}

/** Text as it is without any markup. */
export const PLAIN_STYLE: TextStyle = { isBold: false, isItalic: false, isUnderlined: false };

/** The most characters of one cue; what a screen can show is far less, and what is behind is left out. */
export const MAX_CUE_CHARACTERS = 16_384;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// eslint-disable-next-line no-control-regex -- they are what is taken out.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]+/g;

/**
 * Escapes text for a WebVTT cue: no tag and no entity is left in it, nor an arrow that would end the cue.
 * @see WebVTT, section 4.2.2 (WebVTT cue text span)
 */
export function escapeCueText(text: string): string {
  return text.replace(CONTROLS, '').replace(/[&<>]/g, (character) => ESCAPES[character]!);
}

/**
 * Writes WebVTT cue text out of stretches of styled text: tags nest and are closed, and no empty line, which would end the
 * cue, comes into it.
 */
export class CueTextWriter {
  /** How what is written next looks. */
  style: TextStyle = PLAIN_STYLE;
  readonly #open: string[] = [];
  #text = '';
  #characters = 0;
  #hasPendingBreak = false;

  /** Adds text; line feeds in it break the line. */
  write(text: string): void {
    for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
      if (index > 0) this.#hasPendingBreak = this.#text !== '';
      // A line of nothing else would be an empty one.
      this.#writeLine(line.replace(CONTROLS, ''));
    }
  }

  /**
   * Ends the text.
   * @returns the cue text; empty when nothing is to be seen of it.
   */
  finish(): string {
    this.#close(0);
    return /[^\s\u200b-\u200f\u2060\ufeff]/.test(this.#text.replace(/<[^>]*>/g, ''))
      ? this.#text.trimEnd()
      : '';
  }

  #writeLine(line: string): void {
    const left = MAX_CUE_CHARACTERS - this.#characters;
    const kept = line.length > left ? line.slice(0, left).replace(/[\ud800-\udbff]$/, '') : line;
    if (kept === '') return;
    this.#characters += kept.length;
    const { isBold, isItalic, isUnderlined } = this.style;
    const wanted = [...(isBold ? ['b'] : []), ...(isItalic ? ['i'] : []), ...(isUnderlined ? ['u'] : [])];
    let same = 0;
    while (same < this.#open.length && this.#open[same] === wanted[same]) same++;
    this.#close(same);
    if (this.#hasPendingBreak) this.#text += '\n';
    this.#hasPendingBreak = false;
    for (const tag of wanted.slice(same)) {
      this.#text += `<${tag}>`;
      this.#open.push(tag);
    }
    this.#text += escapeCueText(kept);
  }

  #close(kept: number): void {
    while (this.#open.length > kept) this.#text += `</${this.#open.pop()!}>`;
  }
}
