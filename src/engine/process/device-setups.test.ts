import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codec, CodecContext } from 'node-av/lib';
import { VIDEO_DEVICES } from '../video-device.js';
import { DEFAULT_VIDEO_OUTPUT, encodedFormatOf, type VideoOutput } from '../video-output.js';
import { deviceSetups } from './device-setups.js';

const PRESETS: readonly VideoOutput['preset'][] = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
];

/** level_idc values that x264 gives pictures from 128 x 96 to 4096 x 2304. */
const LEVELS = [10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52];

const geometry = { width: 1920, height: 1080, pixelAspectRatio: [1, 1] as const, color: undefined };

describe('what hardware encoders are told', () => {
  for (const device of VIDEO_DEVICES) {
    const { codecName } = deviceSetups[device](
      DEFAULT_VIDEO_OUTPUT,
      encodedFormatOf(geometry, DEFAULT_VIDEO_OUTPUT),
      40,
    );
    const codec = Codec.findEncoderByName(codecName as never);
    const skip = codec === null ? `this build has no ${codecName}` : false;
    it(`${codecName} has every option, with every value`, { skip }, () => {
      const outputs = PRESETS.flatMap((preset) =>
        [1, 21, 23.5, 51].map((crf) => ({ ...DEFAULT_VIDEO_OUTPUT, preset, crf })),
      );
      for (const output of outputs) {
        for (const level of LEVELS) {
          const { options } = deviceSetups[device](output, encodedFormatOf(geometry, output), level);
          const context = new CodecContext();
          context.allocContext3(codec);
          for (const [name, value] of Object.entries(options)) {
            assert.ok(context.setOption(name, value) >= 0, `${codecName} ${name}=${value}`);
          }
          context.freeContext();
        }
      }
    });
  }
});
