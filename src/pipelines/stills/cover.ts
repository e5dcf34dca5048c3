import type { EnginePool } from '../../engine/pool.js';
import { makeStill, type StillPicture } from '../../engine/still-job.js';
import type { Attachment } from '../../media/media-info.js';
import type { Source } from '../../media/source.js';
import type { StillSize } from './upright-size.js';

/** Covers above this are not read, in bytes: a photograph of 24 megapixels has less. */
export const MAX_COVER_BYTES = 16 << 20;

/** Names of covers as Matroska recommends them, the fittest first: beside films stand pictures that lie. */
const NAMES = [/^cover_land\./i, /^cover\./i, /cover|poster|front|folder/i, /^small_cover/i] as const;

/** What pictures begin with, by libavcodec's name of the decoder. */
const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['mjpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
];

/** How much of a file tells whether it is a picture, in bytes. */
export const SIGNATURE_BYTES = 4;

/** Whether a file is a picture by itself: one of those that covers are. */
export function isPicture(head: Uint8Array): boolean {
  return decoderOf(head) !== undefined;
}

/**
 * Chooses the cover among attached files.
 * @returns undefined when none is a picture of a sensible size.
 * @see RFC 9559, section 21.1 (Cover Art)
 */
export function chooseCover(attachments: readonly Attachment[]): Attachment | undefined {
  const pictures = attachments.filter(
    ({ mediaType, size }) => /^image\//i.test(mediaType) && size > 0 && size <= MAX_COVER_BYTES,
  );
  const rank = ({ name }: Attachment): number => {
    const at = NAMES.findIndex((pattern) => pattern.test(name));
    return at < 0 ? NAMES.length : at;
  };
  return pictures.toSorted((a, b) => rank(a) - rank(b))[0];
}

/**
 * Reads a cover and brings it to a size; whatever was in the file beside its pixels stays behind.
 * @param source - where it is attached.
 * @param cover - which bytes it is.
 * @param engine - who decodes.
 * @param box - the most there is room for.
 * @param signal - ends it.
 * @returns undefined when it is no picture that can be decoded.
 */
export async function readCover(
  source: Source,
  cover: Attachment,
  engine: EnginePool,
  box: StillSize,
  signal: AbortSignal,
): Promise<StillPicture | undefined> {
  const data = await source.read(cover.offset, cover.size, { signal });
  return data.byteLength < cover.size ? undefined : await decodeCover(data, engine, box, signal);
}

/**
 * Brings a picture to a size; whatever was in its file beside its pixels stays behind.
 * @param data - the file.
 * @param engine - who decodes.
 * @param box - the most there is room for.
 * @param signal - ends it.
 * @returns undefined when it is no picture that can be decoded.
 */
export async function decodeCover(
  data: Uint8Array,
  engine: EnginePool,
  box: StillSize,
  signal: AbortSignal,
): Promise<StillPicture | undefined> {
  const codec = decoderOf(data);
  if (codec === undefined) return undefined;
  const decoder = {
    ...{ codec, codecTag: codec, codecPrivate: undefined, color: undefined },
    ...{ width: 0, height: 0, pixelAspectRatio: [1, 1] as const },
  };
  return await makeStill(engine, { decoder, packets: [data], ...box }, { signal });
}

function decoderOf(data: Uint8Array): string | undefined {
  return SIGNATURES.find(([, bytes]) => bytes.every((byte, i) => data[i] === byte))?.[0];
}
