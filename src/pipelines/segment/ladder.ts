import {
  DEFAULT_VIDEO_OUTPUT,
  encodedFormatOf,
  maxBitRateOf,
  type VideoOutput,
} from '../../engine/video-output.js';
import type { VideoCodec } from '../../media/codec.js';
import type { VideoTrack } from '../../media/track.js';
import { encodedVideoPeak } from '../../playlist/hls/bandwidth.js';
import type { FrameRate } from '../../time/frame-rate.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';

/** One encoded form of the video. */
export interface Rung {
  /** Height of its box in pixels, by which it is named: 720 for what fits 1280 x 720. Undefined when it is as the source. */
  readonly height: number | undefined;
  /** How it is encoded. */
  readonly output: VideoOutput;
  /** Bits a second of its most expensive segment. */
  readonly peak: number;
}

/** The encoded forms that there are of a video track. */
export interface Ladder {
  /** As high as the source. */
  readonly top: Rung;
  /** Lower ones, from above. */
  readonly rungs: readonly Rung[];
}

/** What a ladder is made for. */
export interface LadderSource {
  /** The video track. */
  readonly track: VideoTrack;
  /** Its frame rate, where that is known. */
  readonly frameRate: FrameRate | undefined;
  /** Bits a second of its most expensive segment, as far as the index tells. */
  readonly peak: number;
  /** When segments begin and end. */
  readonly timing: RenditionTiming;
}

/** Heights of the boxes, from above. */
const HEIGHTS = [1080, 720, 480];

/** What leaves more than this of the source's sides is no other form of it. */
const LARGEST_SCALE = 0.9;

/** What a form takes at the most of the bits of the one above it: else going down would help nobody. */
export const SHARE_OF_ABOVE = 0.75;

/** Of what pictures of its size may take as a rule, a form gets this share at least: else it is not worth looking at. */
const LEAST_SHARE = 0.25;

/** What a source's own bits, taken for H.264, may grow to when it is encoded again: it is never better than it was. */
const ROOM = 1.5;

/** Codecs that need about half of the bits that H.264 does. */
const NEWER_THAN_H264: ReadonlySet<VideoCodec> = new Set<VideoCodec>(['hevc', 'vp9', 'av1', 'vvc']);

/** Caps are whole multiples of this, so that sources of nearly the same rate share a configuration of the encoder. */
const CAP_STEP = 50_000;

/** Sides that the encoder believes. */
const MAX_SIDE = 32_767;

/**
 * Tells in which forms a video track is encoded. A lower one is the largest picture that fits a box of 16:9, as it is shown:
 * with square pixels and upright; for a picture that is higher than wide the box is turned. All follows from the source
 * alone, and not from who asks: a form has one name, and one content.
 * @param source - the track, its rates and its plan.
 * @returns undefined when the container gives the pictures no size that makes sense.
 */
export function buildLadder({ track, frameRate, peak, timing }: LadderSource): Ladder | undefined {
  const { width, height } = track;
  if (Math.min(width, height) < 1 || Math.max(width, height) > MAX_SIDE) return undefined;
  const peakOf = (output: VideoOutput): number =>
    encodedVideoPeak({ times: timing, ...encodedFormatOf(track, output), samplesPerSecond: 0 });
  const rungOf = (box: number | undefined, scale: number, limit: number): Rung => {
    const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
    const maxBitRate = Math.max(CAP_STEP, Math.floor(limit / CAP_STEP) * CAP_STEP);
    const output: VideoOutput = { ...DEFAULT_VIDEO_OUTPUT, ...size, maxBitRate };
    return { height: box, output, peak: peakOf(output) };
  };
  const usual = encodedFormatOf(track, { ...DEFAULT_VIDEO_OUTPUT, frameRate }).maxBitRate;
  const equivalent = NEWER_THAN_H264.has(track.codec) ? peak * 2 : peak;
  // Less is not believed: some containers do not tell where the video's bytes are.
  const limit = equivalent * ROOM < usual * LEAST_SHARE ? usual : Math.min(usual, equivalent * ROOM);
  const top = rungOf(undefined, 1, limit);
  const burst = top.peak / top.output.maxBitRate!;
  let above = Math.min(equivalent, top.peak);
  const rungs: Rung[] = [];
  for (const { box, scale } of boxesBelow(track)) {
    const usualThere = maxBitRateOf(width * scale, height * scale, frameRate);
    const rung = rungOf(box, scale, Math.min(usualThere, (above * SHARE_OF_ABOVE) / burst));
    const isWatchable = rung.output.maxBitRate! >= usualThere * LEAST_SHARE;
    if (!isWatchable || rung.peak > above * SHARE_OF_ABOVE) continue;
    above = rung.peak;
    rungs.push(rung);
  }
  return { top, rungs };
}

/** The boxes that the picture has to be scaled down for, and what of its sides is left then. */
function boxesBelow({ width, height, pixelAspectRatio }: VideoTrack): { box: number; scale: number }[] {
  const [horizontal, vertical] = pixelAspectRatio;
  const across = horizontal > 0 && vertical > 0 ? (width * horizontal) / vertical : width;
  const [long, short] = [Math.max(across, height), Math.min(across, height)];
  return HEIGHTS.map((box) => ({ box, scale: Math.min((box * 16) / 9 / long, box / short) })).filter(
    ({ scale }) => scale <= LARGEST_SCALE,
  );
}
