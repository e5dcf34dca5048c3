import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AacEncoder } from '../../src/engine/aac-encoder.js';
import { encodeAudio, type EncodedAudio } from '../../src/engine/audio-job.js';
import type { EnginePool } from '../../src/engine/pool.js';
import { AudioCollector } from '../../src/engine/process/audio-collector.js';
import { AudioDecoder } from '../../src/engine/process/audio-decoder.js';
import { SAMPLE_RATE } from './signals.js';

/** Grid frames of the segments in which the engine encodes here: two seconds. */
export const SEGMENT_FRAMES = 94;

/** How a measured stream is made. */
export interface CodingChoice {
  /** The encoder. */
  readonly encoder: AacEncoder;
  /** Bits a second. */
  readonly bitRate: number;
}

/**
 * Codes samples as the product does, in independent segments, and decodes what the joined stream holds.
 * @param pool - the engines.
 * @param channels - samples, one array a channel.
 * @param choice - encoder and bit rate.
 * @param segmentFrames - grid frames of a segment.
 * @returns samples from time zero on, and the bits a second that were really used.
 */
export async function codeInSegments(
  pool: EnginePool,
  channels: readonly Float32Array[],
  choice: CodingChoice,
  segmentFrames = SEGMENT_FRAMES,
): Promise<{ samples: Float32Array[]; bitRate: number }> {
  const frames = Math.floor(channels[0]!.length / 1024) - 4;
  const parts: EncodedAudio[] = [];
  for (let first = 0; first < frames; first += segmentFrames) {
    parts.push(await codeSegment(pool, channels, choice, first, Math.min(segmentFrames, frames - first)));
  }
  const units = parts.flatMap((part) => part.accessUnits);
  return decodeUnits(units, parts[0]!.audioSpecificConfig, 0, channels.length);
}

/** Codes one segment from the packets that it needs, as the product does. */
function codeSegment(
  pool: EnginePool,
  channels: readonly Float32Array[],
  { encoder, bitRate }: CodingChoice,
  firstFrame: number,
  frameCount: number,
): Promise<EncodedAudio> {
  const first = Math.max(0, (firstFrame - 8) * 1024);
  const end = Math.min(channels[0]!.length, (firstFrame + frameCount + 6) * 1024);
  return encodeAudio(pool, {
    decoder: {
      codec: 'pcm_f32le',
      codecTag: 'A_PCM/FLOAT/IEEE',
      codecPrivate: undefined,
      sampleRate: SAMPLE_RATE,
      channels: channels.length,
      bitDepth: 32,
    },
    packets: [{ start: first, discardPadding: 0, data: interleave(channels, first, end) }],
    timescale: SAMPLE_RATE,
    firstFrame,
    frameCount,
    output: { channels: channels.length === 2 ? 2 : 6, bitRate, encoder },
  });
}

/** Codes samples with the system's ffmpeg program and its default AAC encoder. */
export function codeWithProgram(
  channels: readonly Float32Array[],
  bitRate: number,
): { samples: Float32Array[]; bitRate: number } {
  const folder = mkdtempSync(join(tmpdir(), 'segmint-bench-'));
  try {
    const input = join(folder, 'in.f32');
    const output = join(folder, 'out.aac');
    writeFileSync(input, interleave(channels, 0, channels[0]!.length));
    const layout = channels.length === 2 ? 'stereo' : '5.1';
    const source = ['-f', 'f32le', '-ar', String(SAMPLE_RATE), '-ac', String(channels.length)];
    const target = ['-af', `aformat=channel_layouts=${layout}`, '-c:a', 'aac', '-b:a', String(bitRate)];
    execFileSync('ffmpeg', ['-v', 'error', ...source, '-i', input, ...target, output]);
    const { units, config } = parseAdts(readFileSync(output));
    // Its first access unit holds the encoder's priming.
    return decodeUnits(units, config, -1, channels.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function decodeUnits(
  units: readonly Uint8Array[],
  config: Uint8Array,
  firstFrame: number,
  channels: number,
): { samples: Float32Array[]; bitRate: number } {
  const span = { startSample: 0, endSample: (firstFrame + units.length) * 1024 };
  using collector = new AudioCollector(span, SAMPLE_RATE, channels === 2 ? 2 : 6);
  const stated = { codec: 'aac', codecTag: 'aac', sampleRate: SAMPLE_RATE, channels, bitDepth: undefined };
  using decoder = new AudioDecoder(stated, config, SAMPLE_RATE, new Uint8Array(0));
  units.forEach((unit, i) => decoder.decode(unit, (firstFrame + i) * 1024, collector));
  decoder.drain(collector);
  const bytes = units.reduce((total, unit) => total + unit.byteLength, 0);
  return {
    samples: [...collector.collect().planes],
    bitRate: (bytes * 8 * SAMPLE_RATE) / (units.length * 1024),
  };
}

function interleave(channels: readonly Float32Array[], first: number, end: number): Uint8Array {
  const samples = new Float32Array((end - first) * channels.length);
  channels.forEach((plane, channel) => {
    for (let i = first; i < end; i++) samples[(i - first) * channels.length + channel] = plane[i]!;
  });
  return new Uint8Array(samples.buffer);
}

/** Takes the access units out of an ADTS stream. ISO/IEC 13818-7, 6.2. */
function parseAdts(stream: Uint8Array): { units: Uint8Array[]; config: Uint8Array } {
  const units: Uint8Array[] = [];
  let position = 0;
  while (position + 7 <= stream.length) {
    const size =
      ((stream[position + 3]! & 3) << 11) | (stream[position + 4]! << 3) | (stream[position + 5]! >> 5);
    units.push(stream.subarray(position + 7, position + size));
    position += size;
  }
  const configuration = ((stream[2]! & 1) << 2) | (stream[3]! >> 6);
  // AAC-LC at 48 kHz (frequency index 3).
  return { units, config: Uint8Array.of(0x11, 0x80 | (configuration << 3)) };
}
