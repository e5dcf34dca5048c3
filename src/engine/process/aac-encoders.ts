import { Codec, getFFmpegInfo } from 'node-av/lib';
import { UnsupportedMediaError } from '../../errors.js';
import { AAC_ENCODERS, type AacEncoder } from '../aac-encoder.js';

/**
 * Chooses the encoder for jobs that name none.
 * @throws {UnsupportedMediaError} when this build of libavcodec has no AAC encoder at all.
 */
export function chooseAacEncoder(): AacEncoder {
  const encoder = AAC_ENCODERS.find(({ name }) => Codec.findEncoderByName(name as never) !== null);
  if (encoder === undefined) throw new UnsupportedMediaError('This engine has no AAC encoder.');
  return encoder;
}

/**
 * Describes an encoder so that two descriptions are the same only if the encoders make the same bytes.
 * @param encoder - name and options.
 */
export function describeAacEncoder({ name, options }: AacEncoder): string {
  const settings = Object.entries(options).map(([option, value]) => `${option}=${value}`);
  return [name, ...settings, `libavcodec ${getFFmpegInfo().libraries.avcodec}`].join(' ');
}
