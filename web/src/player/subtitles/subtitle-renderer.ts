// Subtitles that the browser cannot show by itself, and who draws them.
import type { AttachmentInfo, SubtitleInfo } from '../../shared/api.js';

/** Where subtitles are drawn. */
export interface SubtitleStage {
  readonly video: HTMLVideoElement;
  /** Lies over the whole screen, below the controls; empty, and laid out by CSS. */
  readonly layer: HTMLElement;
  /** Seconds of the source at which the element's zero lies: to be asked for at each picture. */
  readonly offset: () => number;
  /** The address of something that belongs to the item. */
  readonly addressOf: (file: string) => string;
  /** Files that travel in the item, such as fonts. */
  readonly attachments: readonly AttachmentInfo[];
}

/** Draws one track of subtitles. */
export interface SubtitleRenderer {
  /** Ends that, and gives back all that it holds. */
  dispose(): void;
}

/**
 * Begins to draw.
 * @param subtitles - what to draw.
 * @param stage - where.
 * @param signal - aborted when it is not wanted any more before it has begun.
 */
export type OpenSubtitleRenderer = (
  subtitles: SubtitleInfo,
  stage: SubtitleStage,
  signal: AbortSignal,
) => Promise<SubtitleRenderer>;

/** Loads who draws a kind of subtitles as they are stored; each is loaded when it is needed first. */
export type SubtitleRenderers = Readonly<
  Partial<Record<NonNullable<SubtitleInfo['originalType']>, () => Promise<OpenSubtitleRenderer>>>
>;

/** Those that the page has. What is in none of these forms is shown as text, or not offered. */
export const RENDERERS: SubtitleRenderers = {
  ass: async () => (await import('./ass/open-ass.js')).openAss,
  pgs: async () => (await import('./pgs/open-pgs.js')).openPgs,
  vobsub: async () => (await import('./vobsub/open-vobsub.js')).openVobsub,
};
