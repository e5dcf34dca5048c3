import { Log, type FormatContext } from 'node-av/lib';
import { AV_LOG_ERROR, AV_LOG_INFO } from 'node-av/constants';
import type { ChapterDescription } from '../demux/demux-protocol.js';

/** Chapters beyond this many are left out, as are the characters of a title. */
const MAX_CHAPTERS = 10_000;
const MAX_TITLE_CHARACTERS = 1024;

/** Said behind everything else, so that it is known when all has come. */
const END = 'That is all there is of chapters.';

/**
 * Reads the chapters that libavformat knows of. node-av has no accessor for them; what tells them is libavformat's own
 * description of an input, which goes to its log, a message for each part.
 * @param context - an input that is open. Nothing else in the process may be at work with FFmpeg meanwhile.
 * @see av_dump_format() in libavformat/dump.c
 */
export async function readChapters(context: FormatContext): Promise<ChapterDescription[]> {
  const listener = new ChapterListener();
  const ending = { hasCome: false };
  try {
    Log.setCallback(
      (_level, message) => {
        if (message === END) ending.hasCome = true;
        else listener.take(message);
      },
      { maxLevel: AV_LOG_INFO },
    );
    Log.setLevel(AV_LOG_INFO);
    context.dumpFormat(0, '', false);
    Log.log(AV_LOG_INFO, END);
    // Messages come by way of the event loop, and do not keep it going.
    while (!ending.hasCome) await new Promise(setImmediate);
  } finally {
    Log.setLevel(AV_LOG_ERROR);
    Log.resetCallback();
  }
  return listener.chapters;
}

/**
 * Makes chapters out of the messages by which libavformat describes an input. A chapter begins with three messages of
 * fixed form, one directly behind the other. Texts of the file come in messages of their own, with others between them; only
 * control characters make several of one, and a file that makes them look like a chapter could as well have that chapter.
 */
export class ChapterListener {
  /** Those that have been told. */
  readonly chapters: ChapterDescription[] = [];
  #expected: 'heading' | 'start' | 'end' | 'title' | 'nothing' = 'heading';
  #startSeconds = 0;

  /** @param message - the next one, without the end of its line. */
  take(message: string): void {
    switch (this.#expected) {
      case 'start':
        this.#takeStart(message);
        break;
      case 'end':
        this.#takeEnd(message);
        break;
      case 'title':
        this.#takeTitle(message);
        break;
      case 'heading':
        if (/^ {4}Chapter #\d+:\d+: $/.test(message)) this.#expected = 'start';
        else if (this.chapters.length > 0 && /^ {8}title +: $/i.test(message)) this.#expected = 'title';
        // Streams follow, whose texts are theirs.
        else if (/^ {2}(Stream #|Program )/.test(message)) this.#expected = 'nothing';
    }
  }

  #takeStart(message: string): void {
    const seconds = /^start (-?\d{1,9}\.\d{6}), $/.exec(message)?.[1];
    this.#expected = seconds === undefined ? 'heading' : 'end';
    this.#startSeconds = Number(seconds);
  }

  #takeEnd(message: string): void {
    const seconds = /^end (-?\d{1,9}\.\d{6})$/.exec(message)?.[1];
    const isFull = this.chapters.length >= MAX_CHAPTERS;
    this.#expected = isFull ? 'nothing' : 'heading';
    if (seconds === undefined || isFull) return;
    const [startUs, endUs] = [this.#startSeconds, Number(seconds)].map((time) => Math.round(time * 1e6));
    this.chapters.push({ startUs: startUs!, endUs: endUs!, title: '' });
  }

  /**
   * An empty message ends the line; one that begins with a break goes on with the next line of the text. A line has 255 bytes at
   * most, and what is left of a character that was cut there is U+FFFD.
   */
  #takeTitle(message: string): void {
    const chapter = this.chapters.at(-1)!;
    if (message === '') this.#expected = 'heading';
    else {
      const text = message.startsWith('\n') ? ' ' : message.replace(/\uFFFD+$/, '');
      const title = (chapter.title + text).slice(0, MAX_TITLE_CHARACTERS);
      this.chapters[this.chapters.length - 1] = { ...chapter, title };
    }
  }
}
