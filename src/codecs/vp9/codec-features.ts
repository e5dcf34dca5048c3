/** What Matroska's CodecPrivate for `V_VP9` may state; a field that it leaves out is undefined. */
export interface Vp9CodecFeatures {
  /** Profile 0 to 3. */
  readonly profile: number | undefined;
  /** Ten times the level's number. */
  readonly level: number | undefined;
  /** Bits a sample. */
  readonly bitDepth: number | undefined;
  /** 0 is 4:2:0 with chroma between lines, 1 is 4:2:0 with chroma on luma, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaSubsampling: number | undefined;
}

/**
 * Parses the list of id, length, value that WebM stores; what it does not know, or is cut off, is passed over.
 * @see WebM Container Guidelines, "VP9 Codec Feature Metadata"
 */
export function parseVp9CodecFeatures(codecPrivate: Uint8Array | undefined): Vp9CodecFeatures {
  const values: (number | undefined)[] = [];
  const bytes = codecPrivate ?? new Uint8Array(0);
  for (let at = 0; at + 2 < bytes.length; at += 2 + bytes[at + 1]!) {
    const id = bytes[at]!;
    if (bytes[at + 1] === 1 && id >= 1 && id <= 4) values[id] = bytes[at + 2];
  }
  return { profile: values[1], level: values[2], bitDepth: values[3], chromaSubsampling: values[4] };
}
