import type { AudioCodec, SubtitleCodec, VideoCodec } from './codec.js';

/** What a track is for, beside the main presentation. */
export type TrackRole = 'original' | 'dub' | 'commentary' | 'hearing-impaired' | 'visually-impaired';

/** What every kind of track has. */
export interface TrackBase {
  /** The container's own track number: Matroska TrackNumber, MP4 track_ID. Unique in the source. */
  readonly id: number;
  /** What the container calls the codec, for people: `V_MPEG4/ISO/AVC`, `A_MS/ACM 0x0161`, `avc1`. */
  readonly codecTag: string;
  /**
   * Decoder configuration as libavcodec takes it for extradata: avcC, hvcC, av1C, AudioSpecificConfig, OpusHead,
   * `fLaC` header with STREAMINFO, Vorbis headers in Xiph lacing. A view of the source's bytes.
   */
  readonly codecPrivate: Uint8Array | undefined;
  /** Ticks a second of the times of this track's samples. Matroska: 1,000,000,000. */
  readonly timescale: number;
  /**
   * Ticks to which the container rounds sample times: Matroska's TimestampScale (1,000,000 as a rule). 1 where
   * times are exact.
   */
  readonly timePrecision: number;
  /** BCP-47 language tag; `und` when not known. */
  readonly language: string;
  /** The track's title. */
  readonly name: string | undefined;
  /** To be chosen when the viewer has not said otherwise. */
  readonly isDefault: boolean;
  /** To be shown even when the viewer wants no subtitles. */
  readonly isForced: boolean;
  /** What the container says that it is for; absent or empty as a rule. */
  readonly roles?: readonly TrackRole[];
  /** False when the file says that the track is not to be used. */
  readonly isEnabled: boolean;
  /** Duration of one frame in ticks, where the container states it (Matroska DefaultDuration). */
  readonly defaultDuration: number | undefined;
  /** Set when samples are encrypted, with the scheme's name: nothing can be done with the track then. */
  readonly encryption: string | undefined;
}

/** Colour description in the code points of ITU-T H.273; 2 is "unspecified". */
export interface VideoColor {
  /** ColourPrimaries, H.273 section 8.1. */
  readonly primaries: number;
  /** TransferCharacteristics, H.273 section 8.2: 16 is PQ, 18 is HLG. */
  readonly transfer: number;
  /** MatrixCoefficients, H.273 section 8.3. */
  readonly matrix: number;
  /** True for full range, false for limited, undefined when not said. */
  readonly fullRange: boolean | undefined;
}

/** Colour volume of the mastering display, SMPTE ST 2086. Chromaticities are CIE 1931 xy, luminances cd/m2. */
export interface MasteringDisplay {
  /** Red primary, x and y. */
  readonly red: readonly [number, number];
  /** Green primary, x and y. */
  readonly green: readonly [number, number];
  /** Blue primary, x and y. */
  readonly blue: readonly [number, number];
  /** White point, x and y. */
  readonly white: readonly [number, number];
  /** Luminance of the brightest possible pixel. */
  readonly maxLuminance: number;
  /** Luminance of the darkest possible pixel. */
  readonly minLuminance: number;
}

/** Content light level, CTA-861.3, in cd/m2. */
export interface ContentLight {
  /** Maximum content light level. */
  readonly maxCll: number;
  /** Maximum frame-average light level. */
  readonly maxFall: number;
}

/** A Dolby Vision configuration record as the container stores it. */
export interface DolbyVision {
  /** Box type that the record belongs to: `dvcC` for profiles up to 7, `dvvC` above, `dvwC` for profile 20. */
  readonly boxType: 'dvcC' | 'dvvC' | 'dvwC';
  /** The record's bytes, without a box header. */
  readonly record: Uint8Array;
}

/** A video track. */
export interface VideoTrack extends TrackBase {
  readonly type: 'video';
  /** The codec. */
  readonly codec: VideoCodec;
  /** Width of the coded picture in pixels; 0 when the container does not say. */
  readonly width: number;
  /** Height of the coded picture in pixels; 0 when the container does not say. */
  readonly height: number;
  /** Shape of one pixel, horizontal over vertical; [1, 1] is square. */
  readonly pixelAspectRatio: readonly [number, number];
  /** Degrees, clockwise, by which the picture is turned to be shown upright. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether left and right change places before the turn, as in what a front camera takes; false when absent. */
  readonly isMirrored?: boolean | undefined;
  /** Colour, where the container says it. */
  readonly color: VideoColor | undefined;
  /** Mastering display, where the container says it. */
  readonly masteringDisplay: MasteringDisplay | undefined;
  /** Content light level, where the container says it. */
  readonly contentLight: ContentLight | undefined;
  /** Dolby Vision configuration, where there is one. */
  readonly dolbyVision: DolbyVision | undefined;
  /** Matroska StereoMode; 0 is mono. */
  readonly stereoMode: number;
  /** True when the container says that the material is interlaced. */
  readonly isInterlaced: boolean;
  /**
   * Set when an edit list puts parts of the track together that begin or end within groups of pictures: some samples are decoded
   * and not shown, and decoding begins anew on the way, so that a copy would not show what the list says.
   */
  readonly isCutWithinGroups?: boolean | undefined;
  /** Bits a pixel, by which decoders of plain and of simply packed pictures go, where the container states them. */
  readonly bitsPerPixel?: number | undefined;
}

/** An audio track. */
export interface AudioTrack extends TrackBase {
  readonly type: 'audio';
  /** The codec. */
  readonly codec: AudioCodec;
  /** Samples a second that the codec works at; for HE-AAC this is the core's rate. */
  readonly sampleRate: number;
  /** Samples a second after decoding, where the container states it (SBR doubles the core's rate). */
  readonly outputSampleRate: number | undefined;
  /** Number of channels that the container states. */
  readonly channels: number;
  /** Bits a sample, for PCM and lossless codecs; undefined when not stated. */
  readonly bitDepth: number | undefined;
  /** Bytes of one block, which libavcodec needs for WMA and ADPCM (WAVEFORMATEX nBlockAlign), where stated. */
  readonly blockAlign?: number | undefined;
  /** Bits a second on average, which libavcodec needs for WMA (WAVEFORMATEX nAvgBytesPerSec), where stated. */
  readonly bitRate?: number | undefined;
  /** Ticks to take off every sample time because of the codec's delay (Matroska CodecDelay), already taken off. */
  readonly codecDelay: number;
  /** Ticks that must be decoded before a seek point for right output (Matroska SeekPreRoll). */
  readonly seekPreRoll: number;
}

/** A subtitle track. */
export interface SubtitleTrack extends TrackBase {
  readonly type: 'subtitle';
  /** The codec. */
  readonly codec: SubtitleCodec;
}

/** Any track that a player could use. */
export type Track = VideoTrack | AudioTrack | SubtitleTrack;
