import type { SubtitleCodec } from '../../media/codec.js';
import type { SubtitleTrack } from '../../media/track.js';

/**
 * What a viewer gets of a subtitle. `text`: all of it as WebVTT. `styled`: its text as WebVTT, and the original, whose
 * looks a renderer draws. `bitmap`: pictures, which a renderer draws from the original.
 */
export type SubtitleKind = 'text' | 'styled' | 'bitmap';

/** The form in which the original of a subtitle can be had. */
export type OriginalType = 'ass' | 'pgs' | 'vobsub';

/** How a subtitle codec can be had. */
export interface SubtitleForm {
  readonly kind: SubtitleKind;
  /** Undefined where WebVTT says all that the original does. */
  readonly originalType: OriginalType | undefined;
}

const TEXT: SubtitleForm = { kind: 'text', originalType: undefined };
const SCRIPT: SubtitleForm = { kind: 'styled', originalType: 'ass' };

const FORMS: Partial<Record<SubtitleCodec, SubtitleForm>> = {
  subrip: TEXT,
  text: TEXT,
  webvtt: TEXT,
  mov_text: TEXT,
  ass: SCRIPT,
  ssa: SCRIPT,
  hdmv_pgs_subtitle: { kind: 'bitmap', originalType: 'pgs' },
};

const VOBSUB: SubtitleForm = { kind: 'bitmap', originalType: 'vobsub' };

/**
 * Says how a subtitle track can be had.
 * @returns undefined when it cannot: it is encrypted, or nothing here reads its codec.
 */
export function subtitleFormOf({
  codec,
  codecTag,
  encryption,
}: Pick<SubtitleTrack, 'codec' | 'codecTag' | 'encryption'>): SubtitleForm | undefined {
  if (encryption !== undefined) return undefined;
  // Other containers have the palette elsewhere, and pictures in parts.
  return codecTag === 'S_VOBSUB' ? VOBSUB : FORMS[codec];
}
