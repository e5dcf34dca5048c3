import { ByteWriter } from '../../bytes/byte-writer.js';
import { checkLimit } from '../../bytes/limits.js';
import type { AudioCodec, VideoCodec } from '../../media/codec.js';
import { boxCursor, findBox, openFullBox, type BoxView } from '../box-view.js';
import type { ElementaryStream } from '../boxes/esds.js';
import { LIMITS } from './limits.js';
import type { SampleEntry } from './sample-entry.js';

/** Boxes whose body is what libavcodec takes, by codec. */
const RECORDS: Partial<Record<VideoCodec, string>> = { h264: 'avcC', hevc: 'hvcC', av1: 'av1C' };

/**
 * Gives a video codec's configuration in the form that libavcodec takes for extradata.
 * @param stream - the entry's `esds`, where it has one.
 * @returns bytes of their own, so that the box that held them can be let go.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken, or absurdly large.
 */
export function videoPrivate(
  codec: VideoCodec,
  entry: SampleEntry,
  stream: ElementaryStream | undefined,
): Uint8Array | undefined {
  const type = RECORDS[codec];
  const record = type === undefined ? undefined : findBox(entry.boxes, type);
  if (record !== undefined) return keep(record.body);
  switch (codec) {
    case 'vvc': {
      const box = findBox(entry.boxes, 'vvcC');
      // A full box: the record begins after version and flags.
      return box && keep(box.body.subarray(4));
    }
    case 'vp9': {
      const box = findBox(entry.boxes, 'vpcC');
      return box && buildVp9Features(box);
    }
    case 'vc1': {
      const box = findBox(entry.boxes, 'dvc1');
      // The sequence header follows seven bytes of profile and level.
      return box && keep(box.body.subarray(7));
    }
    case 'svq3':
      // The decoder itself looks for its header among the boxes.
      return keep(entry.extension);
    default: {
      // What FFmpeg writes for codecs of AVI.
      const global = stream?.specificInfo ?? findBox(entry.boxes, 'glbl')?.body;
      return global && keep(global);
    }
  }
}

/**
 * Gives an audio codec's configuration in the form that libavcodec takes for extradata.
 * @param stream - the entry's `esds`, where it has one.
 * @returns bytes of their own.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken, or absurdly large.
 */
export function audioPrivate(
  codec: AudioCodec,
  entry: SampleEntry,
  stream: ElementaryStream | undefined,
): Uint8Array | undefined {
  switch (codec) {
    case 'opus': {
      const box = findBox(entry.boxes, 'dOps');
      return box && buildOpusHead(box);
    }
    case 'flac': {
      const box = findBox(entry.boxes, 'dfLa');
      return box && buildFlacHeader(box);
    }
    case 'alac': {
      const box = findBox(entry.boxes, 'alac');
      return box && buildAlacAtom(box);
    }
    case 'qdm2':
      return keep(entry.extension);
    case 'mp1':
    case 'mp2':
    case 'mp3':
    case 'ac3':
    case 'eac3':
    case 'dts':
      return undefined;
    default:
      return stream?.specificInfo && keep(stream.specificInfo);
  }
}

function keep(bytes: Uint8Array): Uint8Array | undefined {
  checkLimit('size of a codec configuration', bytes.length, LIMITS.codecPrivateBytes);
  return bytes.length === 0 ? undefined : bytes.slice();
}

/** The form that WebM gives to what `vpcC` states. WebM Container Guidelines, "VP9 Codec Feature Metadata". */
function buildVp9Features(box: BoxView): Uint8Array {
  const { cursor } = openFullBox(box);
  const profile = cursor.u8();
  const level = cursor.u8();
  const format = cursor.u8();
  const chroma = (format >> 1) & 7;
  return new Uint8Array([1, 1, profile, 2, 1, level, 3, 1, format >> 4, 4, 1, chroma]);
}

/**
 * Builds the identification header of Opus out of `dOps`, which is the same in big-endian without the magic.
 * @see RFC 7845, section 5.1; Encapsulation of Opus in ISO Base Media File Format, section 4.3.2
 */
function buildOpusHead(box: BoxView): Uint8Array {
  const cursor = boxCursor(box);
  cursor.skip(1);
  const channels = cursor.u8();
  const preSkip = cursor.u16();
  const sampleRate = cursor.u32();
  const gain = cursor.u16();
  const family = cursor.u8();
  const table = family === 0 ? new Uint8Array(0) : cursor.view(2 + channels);
  const head = new Uint8Array(19 + table.length);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode('OpusHead'));
  head.set([1, channels], 8);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, sampleRate, true);
  view.setUint16(16, gain, true);
  head[18] = family;
  head.set(table, 19);
  return head;
}

/** `dfLa` holds metadata blocks after version and flags; before them a FLAC stream has its marker. */
function buildFlacHeader(box: BoxView): Uint8Array {
  const { cursor } = openFullBox(box);
  checkLimit('size of a codec configuration', cursor.remaining, LIMITS.codecPrivateBytes);
  const writer = new ByteWriter(4 + cursor.remaining);
  writer.ascii('fLaC');
  writer.bytes(cursor.view(cursor.remaining));
  return writer.finish();
}

/** libavcodec wants the whole box around ALACSpecificConfig. */
function buildAlacAtom(box: BoxView): Uint8Array {
  checkLimit('size of a codec configuration', box.body.length, LIMITS.codecPrivateBytes);
  const writer = new ByteWriter(8 + box.body.length);
  writer.u32(8 + box.body.length);
  writer.ascii('alac');
  writer.bytes(box.body);
  return writer.finish();
}
