import type { VideoOutput } from '../video-output.js';
import type { EncoderSetup } from './encoder-setup.js';

/**
 * x264's threads, unless a job says otherwise. With more than one its rate control, where the cap of the bit rate takes hold,
 * depends on which thread is first: the same job then gives other bytes each time.
 */
const THREADS = 1;

/**
 * Options that make the same bytes of the same pictures everywhere, and that let encoded stretches be joined, also to
 * copied ones: parameter sets with the number of the source's (0, as a rule) would stay in force behind them.
 */
const X264_PARAMETERS = 'cpu-independent=1:stitchable=1:keyint=infinite:open-gop=0:sps-id=31';

/**
 * Each stretch begins with as much in the buffer of the cap as it leaves there; with x264's own 0.9 of it, a row of short
 * ones would take a third more than the cap. The two parts of a segment take no more beyond it than the buffer holds.
 */
const BUFFER_SHARE = 0.5;

/**
 * Frames that rate control looks ahead, where the preset has fewer and weighs blocks by what refers to them. With one thread
 * and `veryfast`'s 10, a cap that takes hold makes every third group of B frames a fifth of the others' size.
 */
export const VERYFAST_LOOKAHEAD = 20;

/**
 * What x264 is told.
 * @param output - what comes out.
 * @param threads - how many x264 has.
 */
export function x264Setup({ preset, crf }: VideoOutput, threads = THREADS): EncoderSetup {
  const lookahead = preset === 'veryfast' ? `:rc-lookahead=${VERYFAST_LOOKAHEAD}` : '';
  return {
    codecName: 'libx264',
    options: {
      preset,
      profile: 'high',
      crf: String(crf),
      'forced-idr': '1',
      'x264-params': `${X264_PARAMETERS}:vbv-init=${BUFFER_SHARE}${lookahead}`,
    },
    pixelFormat: 'yuv420p',
    threads,
    bufferShare: BUFFER_SHARE,
  };
}
