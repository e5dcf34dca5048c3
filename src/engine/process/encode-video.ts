import { AV_FRAME_FLAG_DISCARD } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import type { EncodeVideoReply, EncodeVideoRequest } from '../video-job.js';
import type { JobRequest, JobResult } from './job.js';
import { exitWithParent } from './parent-watch.js';
import { VideoDecoder } from './video-decoder.js';
import { describeVideoEncoder, VideoEncoder, type EncodedPicture } from './video-encoder.js';
import { VideoFilter } from './video-filter.js';

/**
 * Encodes pictures anew: packet by packet, decode, filter, encode. At no time are there more raw frames than codecs and
 * filters hold by themselves.
 */
export function encodeVideoJob({ meta, payload }: JobRequest): JobResult {
  const startedAt = performance.now();
  const request = meta as unknown as EncodeVideoRequest;
  const { output, format, timescale } = request;
  using encoder = new VideoEncoder(output, format, timescale);
  const { pictures, decodeErrors, undatedFrames } =
    request.packets.length === 0 ? nothing : encodePackets(request, payload, encoder);
  const reply: EncodeVideoReply = {
    avcCBytes: encoder.avcC.byteLength,
    samples: pictures.map(({ time, isSync, data }) => [time, isSync ? 1 : 0, data.byteLength]),
    encoder: describeVideoEncoder(output, format),
    decodeErrors,
    undatedFrames,
    elapsedMs: performance.now() - startedAt,
  };
  return { meta: { ...reply }, parts: [encoder.avcC, ...pictures.map(({ data }) => data)] };
}

interface Encoded {
  readonly pictures: readonly EncodedPicture[];
  readonly decodeErrors: number;
  readonly undatedFrames: number;
}

const nothing: Encoded = { pictures: [], decodeErrors: 0, undatedFrames: 0 };

function encodePackets(request: EncodeVideoRequest, payload: Uint8Array, encoder: VideoEncoder): Encoded {
  const { decoder: config, codecPrivateBytes, timescale, startTicks, endTicks } = request;
  const pictures: EncodedPicture[] = [];
  const keep = (picture: EncodedPicture): void => void pictures.push(picture);
  const syncTicks = request.keyframeTicks.toSorted((a, b) => a - b);
  const count = { encoded: 0, undated: 0 };
  let lastTime = -Infinity;

  using filter = new VideoFilter(config, request.format, timescale, (frame, time) => {
    if (time === undefined || time < startTicks || time >= endTicks) return;
    const isSync = isDue(syncTicks, time) || count.encoded === 0;
    count.encoded += 1;
    encoder.encode(frame, time, isSync, keep);
  });
  const takeDecoded = (frame: Frame, time: number | undefined): void => {
    if (frame.hasFlags(AV_FRAME_FLAG_DISCARD)) return;
    // The encoder takes rising times only, and no time may be invented.
    if (time === undefined || time <= lastTime) {
      count.undated += 1;
      return;
    }
    lastTime = time;
    // Frames beside the range go through the filters too: a deinterlacer looks at its neighbours.
    filter.push(frame, time);
  };
  using decoder = new VideoDecoder(
    config,
    payload.subarray(0, codecPrivateBytes),
    timescale,
    hasDecodeTimesOnly(request),
    takeDecoded,
  );
  let decodeErrors = 0;
  let position = codecPrivateBytes;
  for (const [time, decodeTime, isKey, size] of request.packets) {
    exitWithParent();
    const data = payload.subarray(position, (position += size));
    const isDecoded = decoder.decode(data, time, decodeTime, isKey === 1);
    // What lies outside the range is counted by the job whose range it is.
    if (!isDecoded && time >= startTicks && time < endTicks) decodeErrors += 1;
  }
  decoder.drain();
  filter.drain();
  if (count.encoded > 0) encoder.drain(keep);
  return { pictures, decodeErrors, undatedFrames: count.undated };
}

/** Whether a forced IDR picture is due at a time; takes those that are out of the list. */
function isDue(syncTicks: number[], time: number): boolean {
  let due = 0;
  while (due < syncTicks.length && syncTicks[due]! <= time) due += 1;
  syncTicks.splice(0, due);
  return due > 0;
}

/** Presentation times that are the decode times throughout tell nothing of the order in which pictures are shown. */
function hasDecodeTimesOnly({ packets }: EncodeVideoRequest): boolean {
  return packets.every(([time, decodeTime]) => time === decodeTime);
}
