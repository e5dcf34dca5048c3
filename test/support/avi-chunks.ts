/** An AVI file of one video track, taken apart. */
export interface AviParts {
  /** The BITMAPINFOHEADER, and what the codec adds to it. */
  readonly format: Uint8Array;
  /** Everything before the size of the `movi` list. */
  readonly head: Uint8Array;
  /** The data of the track's chunks, in stored order. */
  readonly chunks: readonly Uint8Array[];
  /** Whether the index calls a chunk a keyframe, by its place. */
  readonly isKey: readonly boolean[];
}

/** Takes an AVI file of one video track and an `idx1` index apart; what it gives are views. */
export function viewAvi(avi: Uint8Array): AviParts {
  const top = [...chunksIn(avi, 12, avi.length)];
  const movi = top.find(({ name, at }) => name === 'LIST' && nameAt(avi, at) === 'movi')!;
  const index = top.find(({ name }) => name === 'idx1')!;
  const format = avi.subarray(indexOfName(avi, 'strf') + 8);
  return {
    format: format.subarray(0, wordAt(avi, indexOfName(avi, 'strf') + 4)),
    head: avi.subarray(0, movi.at - 4),
    chunks: [...chunksIn(avi, movi.at + 4, movi.at + movi.size)]
      .filter(({ name }) => name === '00dc')
      .map(({ at, size }) => avi.subarray(at, at + size)),
    isKey: Array.from(
      { length: index.size / 16 },
      (_, i) => (wordAt(avi, index.at + 16 * i + 4) & KEYFRAME) !== 0,
    ),
  };
}

/** AVIIF_KEYFRAME of an index entry. */
export const KEYFRAME = 0x10;

function* chunksIn(
  avi: Uint8Array,
  from: number,
  end: number,
): Generator<{ readonly name: string; readonly at: number; readonly size: number }> {
  for (let at = from; at + 8 <= end;) {
    const size = wordAt(avi, at + 4);
    yield { name: nameAt(avi, at), at: at + 8, size };
    at += 8 + size + (size % 2);
  }
}

function indexOfName(avi: Uint8Array, name: string): number {
  let at = 0;
  while (nameAt(avi, at) !== name) at++;
  return at;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
