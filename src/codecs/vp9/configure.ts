import { MalformedMediaError } from '../../errors.js';
import type { VideoColor, VideoTrack } from '../../media/track.js';
import type { VideoConfiguration } from '../configuration.js';
import { parseVp9CodecFeatures } from './codec-features.js';
import { parseVp9KeyFrameHeader, type Vp9KeyFrameHeader } from './frame-header.js';
import { vp9LevelFor } from './level.js';
import { buildVpcc, vpCodecString, type VpCodecConfiguration } from './vpcc.js';

/**
 * Configures a VP9 track from the header of its first frame; the container adds level and colour, of which the
 * bitstream says little.
 * @throws {MalformedMediaError} when the first sample is missing or not a key frame.
 * @throws {UnsupportedMediaError} for 4:4:0 chroma.
 */
export function configureVp9(track: VideoTrack, firstSample: Uint8Array | undefined): VideoConfiguration {
  const header = firstSample === undefined ? undefined : parseVp9KeyFrameHeader(firstSample);
  if (header === undefined) {
    throw new MalformedMediaError(
      'The VP9 track does not begin with a key frame, which alone tells its format.',
      { context: { track: track.id } },
    );
  }
  const features = parseVp9CodecFeatures(track.codecPrivate);
  const configuration: VpCodecConfiguration = {
    profile: header.profile,
    level: features.level ?? vp9LevelFor(header.width, header.height, framesPerSecond(track)),
    bitDepth: header.bitDepth,
    chromaSubsampling: chromaSubsampling(header, features.chromaSubsampling),
    color: colorOf(header, track.color),
  };
  return {
    sampleEntry: 'vp09',
    codecString: vpCodecString('vp09', configuration),
    decoder: { kind: 'box', type: 'vpcC', payload: buildVpcc(configuration) },
    width: header.width,
    height: header.height,
    pixelAspectRatio: undefined,
    color: configuration.color,
    masteringDisplay: undefined,
    contentLight: undefined,
    dolbyVision: track.dolbyVision,
    // Hidden frames are not presented, and shown ones come in order.
    reorderDepth: 0,
    bitDepth: header.bitDepth,
    chroma: header.chroma,
  };
}

function framesPerSecond(track: VideoTrack): number | undefined {
  return track.defaultDuration === undefined || track.defaultDuration <= 0
    ? undefined
    : track.timescale / track.defaultDuration;
}

/** Where the chroma samples of 4:2:0 lie is not in the bitstream; 1, on the luma sample, is what libvpx assumes. */
function chromaSubsampling(header: Vp9KeyFrameHeader, stated: number | undefined): number {
  if (header.chroma === '4:2:2') return 2;
  if (header.chroma === '4:4:4') return 3;
  return stated === 0 ? 0 : 1;
}

/** Code points for color_space 0 to 7. VP9 Bitstream Specification, section 7.2.2. */
const colorSpaces: readonly (readonly [primaries: number, transfer: number, matrix: number])[] = [
  [2, 2, 2],
  [5, 6, 5],
  [1, 1, 1],
  [6, 6, 6],
  [7, 7, 7],
  [9, 14, 9],
  [2, 2, 2],
  [1, 13, 0],
];

/** The container's colour is the more exact: color_space cannot even tell PQ from SDR in BT.2020. */
function colorOf(header: Vp9KeyFrameHeader, container: VideoColor | undefined): VideoColor {
  const [primaries, transfer, matrix] = colorSpaces[header.colorSpace]!;
  const choose = (stated: number | undefined, derived: number): number =>
    stated === undefined || stated === 2 ? derived : stated;
  return {
    primaries: choose(container?.primaries, primaries),
    transfer: choose(container?.transfer, transfer),
    matrix: choose(container?.matrix, matrix),
    fullRange: header.fullRange,
  };
}
