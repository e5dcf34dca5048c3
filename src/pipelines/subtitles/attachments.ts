import type { Attachment } from '../../media/media-info.js';

/** What of an attached file is told to players. */
export interface AttachmentDescription {
  /** Its place among the attached files, from 0. */
  readonly number: number;
  /** Its name; text of the file. */
  readonly name: string;
  /** A media type that a browser does nothing with but what fonts and pictures are for. */
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  /** A renderer of subtitles may need it. */
  readonly isFont: boolean;
}

/** Types that are handed out, by what files call them and by their names' endings. */
const TYPES: readonly (readonly [type: string, names: RegExp, endings: RegExp])[] = [
  ['font/ttf', /^(?:font\/ttf|application\/(?:x-)?(?:font-)?(?:truetype-font|ttf|font-ttf))$/, /\.tt[fc]$/],
  [
    'font/otf',
    /^(?:font\/otf|application\/(?:vnd\.ms-opentype|(?:x-)?font-otf|(?:x-)?font-opentype))$/,
    /\.otf$/,
  ],
  ['font/woff', /^(?:font|application)\/(?:x-)?(?:font-)?woff$/, /\.woff$/],
  ['font/woff2', /^(?:font|application)\/(?:x-)?(?:font-)?woff2$/, /\.woff2$/],
  ['font/ttf', /^(?:font\/(?:sfnt|collection)|application\/(?:x-)?font(?:-sfnt)?)$/, /\.dfont$/],
  ['image/jpeg', /^image\/jpe?g$/, /\.jpe?g$/],
  ['image/png', /^image\/png$/, /\.png$/],
];

/**
 * Describes attached files.
 * @param attachments - in stored order.
 */
export function describeAttachments(attachments: readonly Attachment[]): AttachmentDescription[] {
  return attachments.map(({ name, mediaType, size }, number) => {
    const mimeType = safeType(mediaType.toLowerCase(), name.toLowerCase());
    return { number, name, mimeType, size, isFont: mimeType.startsWith('font/') };
  });
}

function safeType(stated: string, name: string): string {
  const [type] =
    TYPES.find(([, names]) => names.test(stated)) ?? TYPES.find(([, , endings]) => endings.test(name)) ?? [];
  return type ?? 'application/octet-stream';
}
