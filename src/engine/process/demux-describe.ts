import { Buffer } from 'node:buffer';
import { avGetCodecName, type Dictionary, type Rational, type Stream } from 'node-av/lib';
import {
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_SUBTITLE,
  AVMEDIA_TYPE_VIDEO,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_COMMENT,
  AV_DISPOSITION_DEFAULT,
  AV_DISPOSITION_DUB,
  AV_DISPOSITION_FORCED,
  AV_DISPOSITION_HEARING_IMPAIRED,
  AV_DISPOSITION_ORIGINAL,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AV_DISPOSITION_VISUAL_IMPAIRED,
  AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_DATA_DOVI_CONF,
  AV_PKT_DATA_ENCRYPTION_INIT_INFO,
  AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
} from 'node-av/constants';
import type { TrackRole } from '../../media/track.js';
import type { SideDataName, StreamDescription } from '../demux/demux-protocol.js';

/** Extradata above this is none that a codec has. */
const MAX_EXTRADATA_BYTES = 1024 * 1024;

/** The most names and values of one dictionary, and characters of a value, that are passed on. */
const MAX_TAGS = 256;
const MAX_TAG_CHARACTERS = 4096;

const SIDE_DATA: readonly (readonly [SideDataName, number])[] = [
  ['displayMatrix', AV_PKT_DATA_DISPLAYMATRIX],
  ['masteringDisplay', AV_PKT_DATA_MASTERING_DISPLAY_METADATA],
  ['contentLight', AV_PKT_DATA_CONTENT_LIGHT_LEVEL],
  ['dolbyVision', AV_PKT_DATA_DOVI_CONF],
  ['encryption', AV_PKT_DATA_ENCRYPTION_INIT_INFO],
];

const ROLES: readonly (readonly [TrackRole, number])[] = [
  ['original', AV_DISPOSITION_ORIGINAL],
  ['dub', AV_DISPOSITION_DUB],
  ['commentary', AV_DISPOSITION_COMMENT],
  ['hearing-impaired', AV_DISPOSITION_HEARING_IMPAIRED],
  ['visually-impaired', AV_DISPOSITION_VISUAL_IMPAIRED],
];

/** Says what libavformat knows of a stream. Copies everything: nothing of the stream is held. */
export function describeStream(stream: Stream): StreamDescription {
  const parameters = stream.codecpar;
  // The only way to the fields that have no accessor.
  const fields: Record<string, unknown> = parameters.toJSON();
  const { extradata, disposition } = {
    extradata: parameters.extradata,
    disposition: Number(stream.disposition),
  };
  const hasFlag = (flag: number): boolean => (disposition & flag) !== 0;
  return {
    index: stream.index,
    id: stream.id,
    type: typeOf(parameters.codecType),
    codec: avGetCodecName(parameters.codecId) ?? '',
    codecTag: parameters.codecTagString ?? '',
    extradata:
      extradata === null || extradata.length > MAX_EXTRADATA_BYTES ? '' : extradata.toString('base64'),
    timeBase: fraction(stream.timeBase),
    wrapBits: stream.ptsWrapBits,
    isDefault: hasFlag(AV_DISPOSITION_DEFAULT),
    isForced: hasFlag(AV_DISPOSITION_FORCED),
    roles: ROLES.filter(([, flag]) => hasFlag(flag)).map(([role]) => role),
    isAttachedPicture: hasFlag(AV_DISPOSITION_ATTACHED_PIC) || hasFlag(AV_DISPOSITION_TIMED_THUMBNAILS),
    metadata: readMetadata(stream.metadata),
    width: parameters.width,
    height: parameters.height,
    pixelAspectRatio: pixelAspectRatioOf(stream),
    frameRate: frameRateOf(stream),
    color: [Number(parameters.colorPrimaries), Number(parameters.colorTrc), Number(parameters.colorSpace)],
    colorRange: Number(parameters.colorRange),
    // AV_FIELD_PROGRESSIVE is 1; those above are interlaced in one order or the other.
    isInterlaced: Number(fields['fieldOrder'] ?? 0) > 1,
    reorderedPictures: parameters.videoDelay,
    sampleRate: parameters.sampleRate,
    channels: parameters.channelLayout.nbChannels,
    bitsPerSample: parameters.bitsPerCodedSample,
    bitsPerRawSample: parameters.bitsPerRawSample,
    blockAlign: Number(fields['blockAlign'] ?? 0),
    bitRate: Number(parameters.bitRate),
    sideData: Object.fromEntries(
      SIDE_DATA.flatMap(([name, type]) => {
        const data = parameters.getCodedSideData(type as never);
        return data === null ? [] : [[name, Buffer.from(data).toString('base64')]];
      }),
    ),
  };
}

/** Reads a dictionary, as much of it as is sensible. */
export function readMetadata(dictionary: Dictionary | null): Record<string, string> {
  const all = Object.entries(dictionary?.getAll() ?? {});
  return Object.fromEntries(
    all.slice(0, MAX_TAGS).map(([name, value]) => [name, value.slice(0, MAX_TAG_CHARACTERS)]),
  );
}

function typeOf(type: number): StreamDescription['type'] {
  switch (type) {
    case AVMEDIA_TYPE_VIDEO:
      return 'video';
    case AVMEDIA_TYPE_AUDIO:
      return 'audio';
    case AVMEDIA_TYPE_SUBTITLE:
      return 'subtitle';
    default:
      return 'other';
  }
}

/** The container's word goes before the bitstream's. */
function pixelAspectRatioOf(stream: Stream): readonly [number, number] {
  const stated = fraction(stream.sampleAspectRatio);
  return stated[0] > 0 && stated[1] > 0 ? stated : fraction(stream.codecpar.sampleAspectRatio);
}

/** A rate is believed where the smallest distance of times and the average agree. */
function frameRateOf(stream: Stream): readonly [number, number] {
  const base = fraction(stream.rFrameRate);
  const average = fraction(stream.avgFrameRate);
  return base[0] * average[1] === average[0] * base[1] ? base : [0, 0];
}

function fraction({ num, den }: Rational): readonly [number, number] {
  return [num, den];
}
