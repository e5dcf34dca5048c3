import { SURROUND_SOURCE } from './demo-sound.js';
import type { EngineJobOptions, EnginePool } from './pool.js';

/** A picture track to be made. */
export interface SynthesizedVideo {
  /** libavcodec's name of the encoder: `libx264`, `libx265`, `libvpx-vp9`, `libsvtav1`, … */
  readonly encoder: string;
  /** A filter chain that begins with a source and settles size and rate: `testsrc2=size=640x360:rate=24000/1001`. */
  readonly source: string;
  /** Pixel format; `yuv420p` by default. */
  readonly pixelFormat?: string | undefined;
  /** Pictures from one key frame to the next at most; the encoder's own choice by default. */
  readonly gop?: number | undefined;
  /** The most B pictures in a row; the encoder's own choice by default. */
  readonly maxBFrames?: number | undefined;
  /** Bits a second; the encoder's own choice by default. */
  readonly bitRate?: number | undefined;
  /** Further options of the encoder. `threads` is 1 by default, so that every machine makes the same bytes. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** When the first picture is shown, in milliseconds; 0 by default. */
  readonly startMs?: number | undefined;
  /** ISO 639-2 language code. */
  readonly language?: string | undefined;
}

/** A sound track to be made. */
export interface SynthesizedAudio {
  /** libavcodec's name of the encoder: `eac3`, `aac`, `libopus`, `flac`, `pcm_s16le`, … */
  readonly encoder: string;
  /** A filter chain that begins with a source: `sine=frequency=440`, `anoisesrc=seed=1`, `aevalsrc=…`. */
  readonly source: string;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Channel layout by libavutil's name: `mono`, `stereo`, `5.1`, `7.1`, … */
  readonly layout: string;
  /** Sample format by libavutil's name; the encoder's first one by default. */
  readonly sampleFormat?: string | undefined;
  /** Bits a second; the encoder's own choice by default. */
  readonly bitRate?: number | undefined;
  /** Further options of the encoder. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** When the first sample is heard, in milliseconds; 0 by default. */
  readonly startMs?: number | undefined;
  /** ISO 639-2 language code. */
  readonly language?: string | undefined;
}

/** A text track to be made. */
export interface SynthesizedSubtitles {
  /** What the text is. */
  readonly codec: 'subrip' | 'webvtt' | 'ass';
  /** The format's header, where it has one (ASS). */
  readonly header?: string | undefined;
  /** What is shown when. */
  readonly cues: readonly SynthesizedCue[];
  /** ISO 639-2 language code. */
  readonly language?: string | undefined;
}

/** A piece of text. */
export interface SynthesizedCue {
  /** When it appears, in milliseconds. */
  readonly startMs: number;
  /** How long it stays, in milliseconds. */
  readonly durationMs: number;
  /** The text, in the codec's own form. */
  readonly text: string;
}

/** Media to be made: the same every time, on every machine of one kind. */
export interface SynthesisSpec {
  /** Length of each picture and sound track, in milliseconds. */
  readonly durationMs: number;
  /** The picture tracks; they come first in the file. */
  readonly video?: readonly SynthesizedVideo[] | undefined;
  /** The sound tracks. */
  readonly audio?: readonly SynthesizedAudio[] | undefined;
  /** The text tracks. */
  readonly subtitles?: readonly SynthesizedSubtitles[] | undefined;
}

/** Where made media goes. */
export interface SynthesisTarget {
  /** The file. It appears under this name when it is whole. */
  readonly path: string;
  /** libavformat's name of the container: `matroska`, `webm`, `mp4`, `mpegts`, … */
  readonly format: string;
  /** Options of the muxer. */
  readonly options?: Readonly<Record<string, string>> | undefined;
}

/** One packet of made media. */
export interface SynthesizedPacket {
  /** Presentation time in ticks; negative for what an encoder needs to start. */
  readonly start: number;
  /** Duration in ticks. */
  readonly duration: number;
  /** Ticks to drop from the end of what is decoded. */
  readonly discardPadding: number;
  /** Whether decoding can begin here. */
  readonly isSync: boolean;
  /** The packet. */
  readonly data: Uint8Array;
}

/** One track of made media, as packets. */
export interface SynthesizedTrack {
  /** Ticks a second. */
  readonly timescale: number;
  /** Decoder configuration. */
  readonly codecPrivate: Uint8Array;
  /** The packets, in decode order. */
  readonly packets: readonly SynthesizedPacket[];
}

/**
 * Makes a media file through an engine.
 * @param pool - the engines.
 * @param spec - what to make.
 * @param target - where to.
 * @param options - a signal and a deadline.
 * @throws {UnsupportedMediaError} when the engine has no such encoder or container.
 * @throws {EngineError} when a source, an encoder or the muxer fails; nothing is left under the target's name.
 */
export async function synthesizeFile(
  pool: EnginePool,
  spec: SynthesisSpec,
  target: SynthesisTarget,
  options?: EngineJobOptions,
): Promise<void> {
  await pool.run({ kind: 'synthesize', meta: { spec, target }, parts: [] }, options);
}

/**
 * Makes media and gives back its packets, in no container.
 * @param pool - the engines.
 * @param spec - what to make.
 * @param options - a signal and a deadline.
 * @returns the tracks, in the order of the spec.
 * @throws {UnsupportedMediaError | EngineError} as {@link synthesizeFile}.
 */
export async function synthesizePackets(
  pool: EnginePool,
  spec: SynthesisSpec,
  options?: EngineJobOptions,
): Promise<SynthesizedTrack[]> {
  const { meta, payload } = await pool.run({ kind: 'synthesize', meta: { spec }, parts: [] }, options);
  let position = 0;
  const view = (size: number): Uint8Array => payload.subarray(position, (position += size));
  return (meta as unknown as SynthesizeReply).tracks.map((track) => ({
    timescale: track.timescale,
    codecPrivate: view(track.codecPrivateBytes),
    packets: track.packets.map(([start, duration, discardPadding, isSync, size]) => ({
      start,
      duration,
      discardPadding,
      isSync: isSync === 1,
      data: view(size),
    })),
  }));
}

/** The meta of a `synthesize` request. Without a target the packets come back. */
export interface SynthesizeRequest {
  /** What to make. */
  readonly spec: SynthesisSpec;
  /** Where to. */
  readonly target?: SynthesisTarget;
}

/** The meta of its reply; the payload holds, track by track, the decoder configuration and the packets. */
export interface SynthesizeReply {
  /** The tracks; empty when a file was made. */
  readonly tracks: readonly {
    /** Ticks a second. */
    readonly timescale: number;
    /** Bytes of decoder configuration. */
    readonly codecPrivateBytes: number;
    /** Start, duration, padding to discard, 1 for a sync sample, size. */
    readonly packets: readonly (readonly [number, number, number, number, number])[];
  }[];
}

/**
 * Makes the clip that segmint shows when it is given nothing else: half a minute of H.264 with E-AC-3 5.1 in Matroska.
 * @param pool - the engines.
 * @param path - where to.
 * @param options - a signal and a deadline.
 * @throws {EngineError} when it cannot be made.
 */
export async function makeDemoClip(
  pool: EnginePool,
  path: string,
  options?: EngineJobOptions,
): Promise<void> {
  await synthesizeFile(
    pool,
    {
      durationMs: 30_000,
      video: [
        {
          encoder: 'libx264',
          source: 'testsrc2=size=854x480:rate=24',
          gop: 48,
          // Chromium's Media Source Extensions take every recovery point for a key frame, and fail when they seek to one.
          options: { preset: 'superfast', crf: '22', threads: '2', 'x264-params': 'open-gop=0' },
        },
      ],
      audio: [
        {
          encoder: 'eac3',
          source: SURROUND_SOURCE,
          sampleRate: 48_000,
          layout: '5.1',
          bitRate: 384_000,
          language: 'eng',
        },
      ],
    },
    { path, format: 'matroska' },
    options,
  );
}
