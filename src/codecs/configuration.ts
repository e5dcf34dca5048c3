import type { ContentLight, DolbyVision, MasteringDisplay, VideoColor } from '../media/track.js';

/**
 * What a sample entry must hold so that a decoder can be set up: either a record in a box of its own (`avcC`, `hvcC`,
 * `av1C`, `vpcC`, `dOps`, `dac3`, `dec3`, `dfLa`), or an MPEG-4 elementary stream descriptor for `esds`.
 */
export type DecoderConfiguration =
  | {
      readonly kind: 'box';
      /** The box's fourcc. */
      readonly type: string;
      /** Everything after the box header; for a full box, version and flags included. */
      readonly payload: Uint8Array;
    }
  | {
      readonly kind: 'descriptor';
      /** objectTypeIndication: 0x40 MPEG-4 audio, 0x6b MPEG-1 audio, 0x69 MPEG-2 audio. ISO/IEC 14496-1, 7.2.6.6.2. */
      readonly objectType: number;
      /** DecoderSpecificInfo: the AudioSpecificConfig; undefined when the object type has none. */
      readonly specificInfo: Uint8Array | undefined;
    };

/** How a copied video track is declared in an init segment, and what its bitstream says of itself. */
export interface VideoConfiguration {
  /** Sample entry fourcc: `avc1`, `hvc1`, `av01`, `vp09`, … */
  readonly sampleEntry: string;
  /** RFC 6381 `codecs` parameter of this track, by which players decide. */
  readonly codecString: string;
  /** The codec's own record. */
  readonly decoder: DecoderConfiguration;
  /** Width of the cropped picture in pixels. */
  readonly width: number;
  /** Height of the cropped picture in pixels. */
  readonly height: number;
  /** Pixel shape that the bitstream states; undefined when it states none. */
  readonly pixelAspectRatio: readonly [number, number] | undefined;
  /** Colour that the bitstream states. */
  readonly color: VideoColor | undefined;
  /** Mastering display that the bitstream states. */
  readonly masteringDisplay: MasteringDisplay | undefined;
  /** Content light level that the bitstream states. */
  readonly contentLight: ContentLight | undefined;
  /** Dolby Vision record to declare beside the codec's own. */
  readonly dolbyVision: DolbyVision | undefined;
  /**
   * The most frames that can precede another in decode order and follow it in presentation order; 0 without
   * reordering. An upper bound, from the parameter sets.
   */
  readonly reorderDepth: number;
  /** Bits a luma sample. */
  readonly bitDepth: number;
  /** `4:0:0`, `4:2:0`, `4:2:2` or `4:4:4`. */
  readonly chroma: '4:0:0' | '4:2:0' | '4:2:2' | '4:4:4';
}

/** How an audio track is declared in an init segment. */
export interface AudioConfiguration {
  /** Sample entry fourcc: `mp4a`, `ac-3`, `ec-3`, `Opus`, `fLaC`. */
  readonly sampleEntry: string;
  /** RFC 6381 `codecs` parameter of this track. */
  readonly codecString: string;
  /** The codec's own record. */
  readonly decoder: DecoderConfiguration;
  /** Samples a second in which the track's timescale counts: a frame is a whole number of them. */
  readonly sampleRate: number;
  /** Channels after decoding. */
  readonly channels: number;
  /** Bits a sample for the sample entry; 16 where the codec has none. */
  readonly sampleSize: number;
  /** Samples to decode before a random access for right output, at `sampleRate`; 0 as a rule. */
  readonly preRoll: number;
}

/** What the first bytes of a video sample say about it. */
export interface VideoSampleTraits {
  /** The sample holds at least one coded slice of a picture. A sample without one is not sent. */
  readonly hasPicture: boolean;
  /**
   * `start`: any player can start here (H.264 IDR, HEVC IDR/BLA/CRA, AV1 key frame with sequence header, VP8/VP9 key
   * frame). `recovery`: a decoder can start here, but browsers cannot (H.264 recovery point). `none`: neither.
   */
  readonly randomAccess: 'start' | 'recovery' | 'none';
  /**
   * `skipped`: follows a `start` picture in decode order and cannot be decoded when decoding starts there (HEVC RASL).
   * `decodable`: precedes the `start` picture in presentation only (HEVC RADL). `none`: not a leading picture.
   */
  readonly leading: 'skipped' | 'decodable' | 'none';
  /** No other picture refers to this one. */
  readonly isDisposable: boolean;
  /** The sample carries parameter sets (SPS, PPS, VPS, sequence header) in-band. */
  readonly hasParameterSets: boolean;
}

/** Reads the traits of one sample of a given track. Allocation-free but for its result; looks at NAL headers alone. */
export type InspectVideoSample = (data: Uint8Array) => VideoSampleTraits;
