import { avcCodecString } from '../codecs/h264/codec-string.js';
import { lowestAvcLevel } from '../codecs/h264/level.js';
import { encodedFormatOf, type VideoGeometry, type VideoOutput } from './video-output.js';

/** profile_idc and constraint flags: High; of the preset that leaves out all that is slow, Constrained Baseline. */
const HIGH = { profile: 100, constraints: 0 };
const BASELINE = { profile: 66, constraints: 0xc0 };

/** Frames that x264 has a decoder hold: with pictures that refer to B pictures four, whatever few it refers to. */
const HELD_FRAMES = 4;

/**
 * Tells how pictures will be declared once they are encoded, without asking an encoder: x264, whose parameter sets declare
 * them whichever encoder makes them, states the lowest level that allows what it is told.
 * @param geometry - what the container says of the source.
 * @param output - what comes out.
 * @returns the `codecs` parameter: the same as in the configuration that the encoder gives.
 * @throws {RequestError} when sizes or rates make no sense.
 */
export function declaredCodecOf(geometry: VideoGeometry, output: VideoOutput): string {
  const { width, height, maxBitRate, bufferBits } = encodedFormatOf(geometry, output);
  const { numerator, denominator } = output.frameRate ?? { numerator: 30, denominator: 1 };
  const macroblocksAcross = Math.ceil(width / 16);
  const macroblocksDown = Math.ceil(height / 16);
  const isHigh = output.preset !== 'ultrafast';
  const level = lowestAvcLevel({
    macroblocksAcross,
    macroblocksDown,
    macroblockRate: Math.floor((macroblocksAcross * macroblocksDown * numerator) / denominator),
    heldFrames: isHigh ? HELD_FRAMES : 1,
    bitRate: maxBitRate,
    bufferBits,
    isHigh,
  });
  return avcCodecString('avc1', { ...(isHigh ? HIGH : BASELINE), level });
}
