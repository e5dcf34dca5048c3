import { Codec, type HardwareDeviceContext } from 'node-av/lib';
import { AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX } from 'node-av/constants';
import { UnsupportedMediaError } from '../../errors.js';
import type { DecodingTask, DeviceChain } from './device-chain.js';
import { VideoDecoder } from './video-decoder.js';

/** Names of decoders for Intel's own interface, where they do not begin with the codec's. */
const QSV_NAMES: Readonly<Record<string, string>> = { mpeg2video: 'mpeg2' };

/**
 * Opens a decoder of libavcodec's whose frames lie in a device's memory.
 * @param chain - the kind of memory.
 * @param device - the device, open.
 * @param task - what for.
 * @throws {UnsupportedMediaError} when there is none, or it does not accept the configuration.
 */
export function openHardwareDecoder(
  { memory, pixelFormat, extraFrames }: DeviceChain,
  device: HardwareDeviceContext,
  { config, codecPrivate, timescale, take }: DecodingTask,
): VideoDecoder {
  const codec = findHardwareDecoder(config.codec, memory);
  if (codec === undefined) {
    throw new UnsupportedMediaError('This engine has no decoder for it on this kind of device.', {
      context: { codec: config.codec },
    });
  }
  const hardware = { codec, device, pixelFormat, extraFrames };
  return new VideoDecoder(config, codecPrivate, timescale, false, take, hardware);
}

/**
 * Finds a decoder whose frames lie in a kind of memory.
 * @param codec - as `VideoTrack` names it.
 * @param memory - the kind.
 * @returns undefined when this build has none.
 */
export function findHardwareDecoder(codec: string, memory: DeviceChain['memory']): Codec | undefined {
  for (const name of [codec, `${QSV_NAMES[codec] ?? codec}_qsv`]) {
    const decoder = Codec.findDecoderByName(name as never);
    if (decoder !== null && hasMemory(decoder, memory)) return decoder;
  }
  return undefined;
}

function hasMemory(decoder: Codec, memory: DeviceChain['memory']): boolean {
  for (let i = 0; ; i++) {
    const config = decoder.getHwConfig(i);
    if (config === null) return false;
    const isByDevice = (config.methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) !== 0;
    if (isByDevice && config.deviceType === memory) return true;
  }
}
