/** The two kinds of AMR. */
export type AmrCodec = 'amr_nb' | 'amr_wb';

/** What the frames of a kind are like. */
interface AmrKind {
  readonly sampleRate: number;
  /** Samples in 20 ms. */
  readonly frameSamples: number;
  /** Bytes of speech behind the first one of a frame, by its type. */
  readonly speechBytes: readonly number[];
  /** The first of the types, up to 15, of frames that were not sent or were lost. */
  readonly emptyType: number;
}

const KINDS: Readonly<Record<AmrCodec, AmrKind>> = {
  amr_nb: {
    sampleRate: 8000,
    frameSamples: 160,
    speechBytes: [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5],
    emptyType: 15,
  },
  amr_wb: {
    sampleRate: 16_000,
    frameSamples: 320,
    speechBytes: [17, 23, 32, 36, 40, 46, 50, 58, 60, 5],
    emptyType: 14,
  },
};

/** Samples a second. */
export function amrSampleRate(codec: AmrCodec): number {
  return KINDS[codec].sampleRate;
}

/**
 * Counts the samples of a packet, which may hold several frames, one behind the other: 3GP puts as many into one as its maker likes.
 * @returns undefined when it is not made of whole frames.
 * @see RFC 4867, section 5.3; 3GPP TS 26.101, table 1, and TS 26.201, table 2; 3GPP TS 26.244, section 6.5
 */
export function amrPacketSamples(codec: AmrCodec, packet: Uint8Array): number | undefined {
  const { frameSamples, speechBytes, emptyType } = KINDS[codec];
  let frames = 0;
  for (let at = 0; at < packet.length; frames++) {
    const type = (packet[at]! >> 3) & 15;
    const bytes = type >= emptyType ? 0 : speechBytes[type];
    if (bytes === undefined) return undefined;
    at += 1 + bytes;
    if (at > packet.length) return undefined;
  }
  return frames === 0 ? undefined : frames * frameSamples;
}
