import {
  AV_FRAME_FLAG_DISCARD,
  AV_FRAME_FLAG_KEY,
  AV_PICTURE_TYPE_B,
  AV_PICTURE_TYPE_P,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import type { VideoColor } from '../../media/track.js';
import type { StillPictureReply, StillPictureRequest } from '../still-job.js';
import { throwIfUnwanted } from './cancel-watch.js';
import type { Job } from './job.js';
import { VideoDecoder } from './video-decoder.js';
import { VideoFilter } from './video-filter.js';

/** What is made of a source's colour: SDR as in HD, but for the matrix, which JPEG files have from BT.601. */
const STILL_COLOR: VideoColor = { primaries: 1, transfer: 1, matrix: 6, fullRange: false };

/** From limited range to that of JPEG. */
const TO_JPEG = ['scale=flags=bicubic+accurate_rnd+bitexact:out_range=pc', 'format=yuvj420p'];

/** Ticks a second: a picture alone has no time that matters. */
const TIMESCALE = 1000;

/** Only one pixel in so many is looked at, across and down, to tell how bright a picture is. */
const LUMA_STEP = 4;

/** Decodes one picture and brings it to a size. */
export const stillPictureJob: Job = ({ meta, payload }) => {
  const request = meta as unknown as StillPictureRequest;
  let made: { reply: StillPictureReply; data: Uint8Array } | undefined;
  const take = (frame: Frame): void => {
    if (made !== undefined) return;
    const data = frame.toBuffer();
    const { width, height } = frame;
    made = { reply: { still: { width, height, ...measureLuma(data, width, height) } }, data };
  };
  const show = (frame: Frame): void => {
    if (made !== undefined || frame.hasFlags(AV_FRAME_FLAG_DISCARD) || isPredicted(frame)) return;
    const size = codedSize(frame, request);
    const format = { ...size, color: STILL_COLOR, isAlone: true };
    using filter = new VideoFilter(request.decoder, format, TIMESCALE, take, [...pose(request), ...TO_JPEG]);
    filter.push(frame, 0);
    filter.drain();
  };
  decode(request, payload, show, () => made !== undefined);
  return made === undefined ? { meta: {}, parts: [] } : { meta: { ...made.reply }, parts: [made.data] };
};

/** A container may call any picture a keyframe. What is made of one without those before it is a few blocks on black. */
function isPredicted(frame: Frame): boolean {
  const { pictType } = frame;
  const hasNeighbours = pictType === AV_PICTURE_TYPE_P || pictType === AV_PICTURE_TYPE_B;
  return hasNeighbours && !frame.hasFlags(AV_FRAME_FLAG_KEY);
}

function decode(
  { decoder: config, codecPrivateBytes, paletteBytes, packets }: StillPictureRequest,
  payload: Uint8Array,
  show: (frame: Frame) => void,
  isDone: () => boolean,
): void {
  const codecPrivate = payload.subarray(0, codecPrivateBytes);
  using decoder = new VideoDecoder(config, codecPrivate, TIMESCALE, false, show);
  let position = codecPrivateBytes;
  if (paletteBytes > 0) decoder.usePalette(payload.subarray(position, (position += paletteBytes)));
  for (const [number, size] of packets.entries()) {
    throwIfUnwanted();
    decoder.decode(payload.subarray(position, (position += size)), number, number, number === 0);
    if (isDone()) return;
  }
  decoder.drain();
}

/**
 * The size, before it is turned, at which a picture fits the box when it is upright and its pixels are square.
 * Both sides are even, as those of 4:2:0 are.
 */
function codedSize(
  { width, height }: { readonly width: number; readonly height: number },
  { box, pixelAspectRatio: [horizontal, vertical], rotation }: StillPictureRequest,
): { width: number; height: number } {
  const isTurned = rotation === 90 || rotation === 270;
  const [across, down] = isTurned ? [box[1], box[0]] : box;
  const shown = horizontal > 0 && vertical > 0 ? (width * horizontal) / vertical : width;
  const scale = Math.min(1, across / shown, down / height);
  return { width: evenWithin(shown * scale, across), height: evenWithin(height * scale, down) };
}

function evenWithin(pixels: number, most: number): number {
  return Math.max(2, Math.min(Math.round(pixels / 2), most >> 1) * 2);
}

/** Filters that put a picture upright. */
function pose({ rotation, isMirrored }: StillPictureRequest): string[] {
  const turns = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] };
  return [...(isMirrored ? ['hflip'] : []), ...turns[rotation]];
}

function measureLuma(
  data: Uint8Array,
  width: number,
  height: number,
): { brightness: number; contrast: number } {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < height; y += LUMA_STEP) {
    for (let at = y * width; at < (y + 1) * width; at += LUMA_STEP) {
      const luma = data[at]!;
      count += 1;
      sum += luma;
      squares += luma * luma;
    }
  }
  const brightness = sum / count;
  return { brightness, contrast: Math.sqrt(Math.max(0, squares / count - brightness * brightness)) };
}
