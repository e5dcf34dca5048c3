import { execFile } from 'node:child_process';
import type { EnginePool } from '../../src/engine/pool.js';
import {
  synthesizePackets,
  type SynthesizedTrack,
  type SynthesizedVideo,
} from '../../src/engine/synthesis.js';
import type {
  EncodedSample,
  EncodedVideo,
  EncodeVideoJob,
  VideoDecoderConfig,
} from '../../src/engine/video-job.js';
import type { VideoOutput } from '../../src/engine/video-output.js';

/** Bits of the number that stands in each stamped picture, as bars across its width. */
const STAMP_BITS = 10;

/** Pictures a second of stamped video; a time in ticks is the picture's number. */
const STAMPED_RATE = 25;

/** A source for `synthesizePackets` whose pictures each show their own number as ten bars, white for 1. */
export function stampedSource(width = 320, height = 180): string {
  const bar = `floor(X*${STAMP_BITS}/W)`;
  const luma = `lum='if(mod(floor(N/pow(2,${bar})),2),235,16)':cb=128:cr=128`;
  // A pixel for each bar, made wide: so that few pixels are computed.
  const bars = `color=black:size=${STAMP_BITS}x2:rate=${STAMPED_RATE},format=yuv444p,geq=${luma}`;
  return `${bars},scale=${width}:${height}:flags=neighbor,setsar=1`;
}

/** Encodes pictures, two seconds of them by default. */
export async function makeVideo(
  pool: EnginePool,
  video: SynthesizedVideo,
  durationMs = 2000,
): Promise<SynthesizedTrack> {
  const [track] = await synthesizePackets(pool, { durationMs, video: [video] });
  return track!;
}

/** A job for all that a made track holds, to be narrowed. */
export function jobOf(
  track: SynthesizedTrack,
  decoder: Partial<VideoDecoderConfig> & { readonly codec: string },
  output: VideoOutput,
): EncodeVideoJob {
  return {
    decoder: {
      codecTag: decoder.codec,
      codecPrivate: track.codecPrivate.byteLength > 0 ? track.codecPrivate : undefined,
      width: 320,
      height: 180,
      pixelAspectRatio: [1, 1],
      color: undefined,
      ...decoder,
    },
    packets: track.packets.map(({ start, isSync, data }) => ({
      presentationTime: start,
      isKey: isSync,
      data,
    })),
    timescale: track.timescale,
    startTicks: 0,
    endTicks: 1_000_000,
    output,
  };
}

/** Samples with 4-byte lengths as a byte stream that any program reads. */
export function joinAnnexB(samples: readonly EncodedSample[]): Uint8Array {
  const stream = new Uint8Array(samples.reduce((size, { data }) => size + data.byteLength, 0));
  let position = 0;
  for (const { data } of samples) {
    stream.set(data, position);
    const view = new DataView(stream.buffer, position, data.byteLength);
    // A length of four bytes makes room for a start code of four.
    for (let at = 0; at < data.byteLength;) {
      const length = view.getUint32(at);
      view.setUint32(at, 1);
      at += 4 + length;
    }
    position += data.byteLength;
  }
  return stream;
}

/** Decodes H.264 with the system's ffmpeg; pixels of all pictures in a row, in the order in which they are shown. */
export function decodeH264(stream: Uint8Array, pixelFormat: 'gray' | 'rgb24'): Promise<Uint8Array> {
  return pipeThrough('ffmpeg', stream, [
    // A byte stream has no times; they are counted, so that none is taken for one of a picture to be left out.
    ...['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-vf', 'settb=1/25,setpts=N'],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1/25'],
    ...['-sws_flags', 'accurate_rnd+full_chroma_int'],
    ...['-f', 'rawvideo', '-pix_fmt', pixelFormat, 'pipe:1'],
  ]);
}

/** Reads the numbers in grey pictures. */
export function readStamps(pixels: Uint8Array, width: number, height: number): number[] {
  const stamps: number[] = [];
  for (let frame = 0; (frame + 1) * width * height <= pixels.byteLength; frame++) {
    const row = (frame * height + (height >> 1)) * width;
    let stamp = 0;
    for (let bit = 0; bit < STAMP_BITS; bit++) {
      const column = Math.floor(((bit + 0.5) * width) / STAMP_BITS);
      if (pixels[row + column]! > 128) stamp |= 1 << bit;
    }
    stamps.push(stamp);
  }
  return stamps;
}

/** Feeds bytes to a program and gives what it prints; fails when it complains of anything. */
export function pipeThrough(
  program: string,
  input: Uint8Array,
  args: readonly string[],
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'buffer', maxBuffer: 2 ** 30 } as const;
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const complaint = new TextDecoder().decode(stderr);
      if (error !== null || complaint !== '') reject(new RangeError(`${program}: ${complaint}`));
      else resolve(stdout);
    });
    // A program that has seen enough closes its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** The stamps of encoded pictures, in the order in which they are shown. */
export async function stampsOf({ samples, format: { width, height } }: EncodedVideo): Promise<number[]> {
  return readStamps(await decodeH264(joinAnnexB(samples), 'gray'), width, height);
}

/** When encoded pictures are shown, rising, in ticks. */
export function timesOf({ samples }: EncodedVideo): number[] {
  return samples.map(({ presentationTicks }) => presentationTicks).sort((a, b) => a - b);
}

/** When those are shown that decoding can begin at, in ticks. */
export function syncTimesOf({ samples }: EncodedVideo): number[] {
  return samples.filter(({ isSync }) => isSync).map(({ presentationTicks }) => presentationTicks);
}
