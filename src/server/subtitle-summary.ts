import type { Attachment } from '../media/media-info.js';
import { describeAttachments } from '../pipelines/subtitles/attachments.js';
import type { SubtitleDescription } from '../pipelines/subtitles/describe-subtitles.js';
import type { OriginalType } from '../pipelines/subtitles/subtitle-kind.js';

/** A subtitle as `info.json` lists it, with where it can be had. */
export interface SubtitleSummary extends SubtitleDescription {
  /** Its text as WebVTT, relative to the media; absent of pictures. */
  readonly url?: string;
  /** The original, relative to the media; absent where WebVTT says all that it does. */
  readonly original?: string;
}

/** An attached file as `info.json` lists it. */
export interface AttachmentSummary {
  /** Relative to the media. */
  readonly url: string;
  readonly mimeType: string;
  readonly name: string;
  readonly size: number;
  readonly isFont: boolean;
}

/** Endings of originals. A pair of VobSub is named by its index. */
const ENDINGS: Readonly<Record<OriginalType, string>> = { ass: 'ass', pgs: 'sup', vobsub: 'idx' };

/** Says where subtitles can be had. */
export function summarizeSubtitles(subtitles: readonly SubtitleDescription[]): SubtitleSummary[] {
  return subtitles.map((subtitle) => {
    const { id, kind, originalType } = subtitle;
    return {
      ...subtitle,
      ...(kind === 'bitmap' ? {} : { url: `subtitles/${id}.vtt` }),
      ...(originalType === undefined ? {} : { original: `subtitles/${id}.${ENDINGS[originalType]}` }),
    };
  });
}

/** Says where attached files can be had. */
export function summarizeAttachments(attachments: readonly Attachment[]): AttachmentSummary[] {
  return describeAttachments(attachments).map(({ number, ...rest }) => ({
    url: `attachments/${number}`,
    ...rest,
  }));
}
