import { InvalidArgumentError, Option } from 'commander';
import { VIDEO_DEVICES } from '../engine/video-device.js';
import type { AudioCodec, VideoCodec } from '../media/codec.js';
import { audioCodecNamed, videoCodecNamed } from '../server/player-query.js';

/** The option that chooses an encoder of video. */
export function encoderOption(): Option {
  const text = 'what encodes video: whatever works, x264, or a kind of hardware, which must work';
  return new Option('--encoder <name>', text).choices(['auto', 'software', ...VIDEO_DEVICES]);
}

/** Parses a list of video codecs for commander. */
export function videoCodecsOption(text: string): readonly VideoCodec[] {
  return codecsIn(text, videoCodecNamed, 'h264,hevc,av1,vp9');
}

/** Parses a list of audio codecs for commander. */
export function audioCodecsOption(text: string): readonly AudioCodec[] {
  return codecsIn(text, audioCodecNamed, 'aac,opus,flac,ac3,eac3,mp3,alac');
}

function codecsIn<T>(text: string, codecNamed: (name: string) => T | undefined, example: string): T[] {
  return text.split(',').map((name) => {
    const codec = codecNamed(name.trim());
    if (codec === undefined)
      throw new InvalidArgumentError(`Give codecs with commas between, of ${example}.`);
    return codec;
  });
}
