import type { ByteCursor } from '../../bytes/cursor.js';
import { checkLimit } from '../../bytes/limits.js';
import {
  boxCursor,
  findBox,
  fourccAt,
  openFullBox,
  viewBoxes,
  viewChildren,
  type BoxView,
} from '../box-view.js';
import { LIMITS } from './limits.js';

/** What every kind of sample entry says. */
export interface SampleEntry {
  /** What the samples are: `avc1`, `mp4a`, …; of encrypted ones, what is encrypted. */
  readonly format: string;
  /** Which data reference holds the samples, counted from 1. */
  readonly dataReferenceIndex: number;
  /** Scheme by which samples are encrypted; undefined when they are not. */
  readonly encryption: string | undefined;
  /** The boxes in it; those of QuickTime's `wave` too. */
  readonly boxes: readonly BoxView[];
  /** All that follows its fixed fields. */
  readonly extension: Uint8Array;
}

/** What a visual sample entry says. */
export interface VisualSampleEntry extends SampleEntry {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Bits a pixel, of QuickTime's plain codecs; 24 of most others, whatever they are. */
  readonly depth: number;
}

/** What an audio sample entry, or a QuickTime sound description, says. */
export interface AudioSampleEntry extends SampleEntry {
  /** Channels. */
  readonly channels: number;
  /** Bits a sample; 0 when not stated. */
  readonly bitDepth: number;
  /** Samples a second; 0 when not stated. */
  readonly sampleRate: number;
  /** Samples a channel in one block, of QuickTime's versions 1 and 2; 0 when not stated. */
  readonly blockSamples: number;
  /** Bytes of one block with all channels, likewise. */
  readonly blockBytes: number;
  /** formatSpecificFlags of version 2; undefined in the others. */
  readonly lpcmFlags: number | undefined;
}

/** The sample entries of a track as they are stored. */
export interface SampleDescriptions {
  /** Version of the box: 1 says that audio sample entries are of ISO's version 1. */
  readonly version: number;
  /** The entries. */
  readonly entries: readonly BoxView[];
}

/**
 * Views the entries of a SampleDescriptionBox.
 * @throws {MalformedMediaError | LimitExceededError} when it is cut off, or has absurdly many.
 * @see ISO/IEC 14496-12 - 8.5.2
 */
export function viewStsd(box: BoxView): SampleDescriptions {
  const { version, cursor } = openFullBox(box);
  checkLimit('number of sample entries', cursor.u32(), LIMITS.descriptions, { offset: box.offset });
  const entries = viewBoxes(box.body.subarray(cursor.position), box.bodyOffset + cursor.position);
  return { version, entries: entries.slice(0, LIMITS.descriptions) };
}

/**
 * Parses a sample entry of a kind that has no fields of its own.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.5.2.2
 */
export function parsePlainSampleEntry(box: BoxView, fixedSize = 8): SampleEntry {
  const cursor = boxCursor(box);
  cursor.skip(6);
  const dataReferenceIndex = cursor.u16();
  const extension = box.body.subarray(fixedSize);
  const children = viewBoxes(extension, box.bodyOffset + fixedSize);
  const wave = findBox(children, 'wave');
  const boxes = wave === undefined ? children : [...children, ...viewChildren(wave)];
  const protection = findBox(boxes, 'sinf');
  const isProtected = /^enc[avtsu]$|^drm[si]$/.test(box.type);
  if (!isProtected && protection === undefined) {
    return { format: box.type, dataReferenceIndex, encryption: undefined, boxes, extension };
  }
  const details = protection === undefined ? [] : viewChildren(protection);
  const original = findBox(details, 'frma');
  const scheme = findBox(details, 'schm');
  return {
    format: original !== undefined && original.body.length >= 4 ? fourccAt(original.body, 0) : box.type,
    dataReferenceIndex,
    encryption: (scheme && parseSchemeType(scheme)) ?? (box.type.startsWith('drm') ? 'itun' : 'cenc'),
    boxes,
    extension,
  };
}

/** @see ISO/IEC 14496-12 - 8.12.5 */
function parseSchemeType(box: BoxView): string | undefined {
  return box.body.length >= 8 ? fourccAt(box.body, 4) : undefined;
}

/**
 * Parses a VisualSampleEntry.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 12.1.3
 */
export function parseVisualSampleEntry(box: BoxView): VisualSampleEntry {
  const entry = parsePlainSampleEntry(box, 78);
  const cursor = boxCursor(box);
  cursor.skip(24);
  const [width, height] = [cursor.u16(), cursor.u16()];
  // Resolutions, a frame count and the compressor's name.
  cursor.skip(46);
  return { ...entry, width, height, depth: cursor.u16() };
}

/**
 * Parses an AudioSampleEntry or a QuickTime sound description of version 0, 1 or 2.
 * @param isIsoVersion1 - its `stsd` is of version 1: then the entry's own version 1 adds no fields.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 12.2.3; QuickTime File Format, "Sound sample descriptions"
 */
export function parseAudioSampleEntry(box: BoxView, isIsoVersion1: boolean): AudioSampleEntry {
  const cursor = boxCursor(box);
  cursor.skip(8);
  const version = cursor.u16();
  cursor.skip(6);
  const channels = cursor.u16();
  const bitDepth = cursor.u16();
  cursor.skip(4);
  const fixedPoint = cursor.u32();
  // TrueHD's field is a whole number.
  const sampleRate = fixedPoint < 0x10000 ? fixedPoint : fixedPoint / 0x10000;
  if (version === 2) return parseSoundVersion2(box, cursor);
  const simple = { channels, bitDepth, sampleRate: Math.round(sampleRate), lpcmFlags: undefined };
  if (version !== 1 || isIsoVersion1) {
    return { ...parsePlainSampleEntry(box, 28), ...simple, blockSamples: 0, blockBytes: 0 };
  }
  const blockSamples = cursor.u32();
  cursor.skip(4);
  const blockBytes = cursor.u32();
  return { ...parsePlainSampleEntry(box, 44), ...simple, blockSamples, blockBytes };
}

function parseSoundVersion2(box: BoxView, cursor: ByteCursor): AudioSampleEntry {
  cursor.skip(4);
  const rate = cursor.view(8);
  const sampleRate = new DataView(rate.buffer, rate.byteOffset, 8).getFloat64(0);
  const channels = cursor.u32();
  cursor.skip(4);
  const bitDepth = cursor.u32();
  const lpcmFlags = cursor.u32();
  const blockBytes = cursor.u32();
  const blockSamples = cursor.u32();
  const isRate = sampleRate > 0 && sampleRate < 2 ** 32;
  return {
    ...parsePlainSampleEntry(box, 64),
    channels: Math.min(channels, 255),
    bitDepth: Math.min(bitDepth, 64),
    sampleRate: isRate ? Math.round(sampleRate) : 0,
    blockSamples,
    blockBytes,
    lpcmFlags,
  };
}
