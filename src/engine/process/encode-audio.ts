import { Buffer } from 'node:buffer';
import { EngineError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import type { AacEncoder } from '../aac-encoder.js';
import {
  ENCODER_POST_ROLL_FRAMES,
  ENCODER_PRE_ROLL_FRAMES,
  FRAME_SAMPLES,
  LIMITER_REACH_SAMPLES,
  OUTPUT_SAMPLE_RATE,
  type EncodeAudioReply,
  type EncodeAudioRequest,
} from '../audio-job.js';
import { chooseAacEncoder, describeAacEncoder } from './aac-encoders.js';
import { AacFrameEncoder } from './aac-frame-encoder.js';
import { AudioCollector, type CollectedAudio } from './audio-collector.js';
import { AudioDecoder } from './audio-decoder.js';
import { throwIfUnwanted } from './cancel-watch.js';
import type { JobRequest, JobResult } from './job.js';
import { limitPeaks } from './limiter.js';
import { exitWithParent } from './parent-watch.js';
import { ShortTtaDecoder } from './short-tta.js';

/**
 * Makes frames of the global AAC grid from packets: decode, place by time, bring to the output's channels and rate,
 * limit, encode from some frames early, keep the frames asked for.
 */
export function encodeAudioJob({ meta, payload }: JobRequest): JobResult {
  const startedAt = performance.now();
  const request = meta as unknown as EncodeAudioRequest;
  const encoder = request.output.encoder ?? chooseAacEncoder();
  const { audio, decodeErrors } = decodeAudio(request, payload);
  limitPeaks(audio.planes, audio.mixedBlocks);
  const { audioSpecificConfig, accessUnits } = encodeFrames(request, encoder, audio);
  const reply: EncodeAudioReply = {
    configBytes: audioSpecificConfig.byteLength,
    sizes: accessUnits.map((unit) => unit.byteLength),
    encoder: describeAacEncoder(encoder),
    decodeErrors,
    elapsedMs: performance.now() - startedAt,
  };
  return { meta: { ...reply }, parts: [Buffer.concat([audioSpecificConfig, ...accessUnits])] };
}

function decodeAudio(
  request: EncodeAudioRequest,
  payload: Uint8Array,
): { audio: CollectedAudio; decodeErrors: number } {
  const { starts, sizes, discards, timescale, firstFrame, frameCount } = request;
  const span = {
    startSample: (firstFrame - ENCODER_PRE_ROLL_FRAMES) * FRAME_SAMPLES - LIMITER_REACH_SAMPLES,
    endSample: (firstFrame + frameCount + ENCODER_POST_ROLL_FRAMES) * FRAME_SAMPLES + LIMITER_REACH_SAMPLES,
  };
  const ownStart = rescale(firstFrame * FRAME_SAMPLES, OUTPUT_SAMPLE_RATE, timescale);
  const ownEnd = rescale((firstFrame + frameCount) * FRAME_SAMPLES, OUTPUT_SAMPLE_RATE, timescale);
  const codecPrivate = payload.subarray(0, request.codecPrivateBytes);
  using collector = new AudioCollector(span, timescale, request.output.channels);
  if (sizes.length === 0) return { audio: collector.collect(), decodeErrors: 0 };
  const firstPacket = payload.subarray(request.codecPrivateBytes, request.codecPrivateBytes + sizes[0]!);
  using decoder = new AudioDecoder(request.decoder, codecPrivate, timescale, firstPacket);
  const shortTta =
    request.decoder.codec === 'tta'
      ? new ShortTtaDecoder(request.decoder, codecPrivate, timescale)
      : undefined;
  let decodeErrors = 0;
  let position = request.codecPrivateBytes;
  for (let i = 0; i < sizes.length; i++) {
    const start = starts[i]!;
    const data = payload.subarray(position, (position += sizes[i]!));
    exitWithParent();
    throwIfUnwanted();
    collector.beginPacket(discards[i]!);
    const isDecoded =
      tryDecode(decoder, data, start, collector) ||
      (shortTta !== undefined && tryDecode(shortTta, data, start, collector));
    collector.endPacket(discards[i]!);
    // Before the job's own range decoders may still be settling, and another job counts what lies outside.
    if (!isDecoded && start >= ownStart && start < ownEnd) decodeErrors += 1;
  }
  decoder.drain(collector);
  return { audio: collector.collect(), decodeErrors };
}

/** A packet that decodes to something impossible is as broken as one that does not decode. */
function tryDecode(
  decoder: Pick<AudioDecoder, 'decode'>,
  data: Uint8Array,
  start: number,
  collector: AudioCollector,
): boolean {
  try {
    return decoder.decode(data, start, collector);
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

function encodeFrames(
  request: EncodeAudioRequest,
  aacEncoder: AacEncoder,
  audio: CollectedAudio,
): { audioSpecificConfig: Uint8Array; accessUnits: Uint8Array[] } {
  const { firstFrame, frameCount } = request;
  const begin = firstFrame - ENCODER_PRE_ROLL_FRAMES;
  const end = firstFrame + frameCount + ENCODER_POST_ROLL_FRAMES;
  const accessUnits: Uint8Array[] = [];
  using encoder = new AacFrameEncoder({ ...request.output, encoder: aacEncoder });
  const keepOwn = (index: number, accessUnit: Uint8Array): void => {
    const isOwn = index === firstFrame + accessUnits.length && accessUnits.length < frameCount;
    if (isOwn) accessUnits.push(Uint8Array.from(accessUnit));
  };
  for (let index = begin; index < end; index++) {
    exitWithParent();
    throwIfUnwanted();
    const offset = LIMITER_REACH_SAMPLES + (index - begin) * FRAME_SAMPLES;
    encoder.encode(index, audio.planes, offset, keepOwn);
  }
  if (accessUnits.length !== frameCount) {
    throw new EngineError(`The AAC encoder gave ${accessUnits.length} of ${frameCount} frames.`);
  }
  return { audioSpecificConfig: encoder.audioSpecificConfig, accessUnits };
}
