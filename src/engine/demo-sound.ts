/**
 * The demo clip's sound: a filter chain of libavfilter with something of its own in each of the six channels. A slow
 * chord walks around the listener, a bell in the centre strikes each second with the picture's counter, and the LFE
 * swells below it.
 */

/** A tone that swells and fades: its pitch in Hz, its loudness, how often a second it swells, and where in that it starts. */
function swell(pitch: number, gain: number, rate: number, phase: number): string {
  return `${gain}*sin(2*PI*${pitch}*t)*(0.5+0.5*sin(2*PI*(${rate}*t+${phase})))`;
}

/** A bell that is struck once a second. */
const BELL = '0.35*sin(2*PI*880*t)*exp(-6*mod(t\\,1))+0.12*sin(2*PI*2637*t)*exp(-12*mod(t\\,1))';

/** In libavutil's order of 5.1: front left, front right, centre, LFE, surround left, surround right. */
const CHANNELS = [
  swell(220, 0.3, 0.25, 0),
  swell(277.18, 0.3, 0.25, 0.25),
  BELL,
  swell(55, 0.4, 0.5, 0),
  swell(329.63, 0.3, 0.25, 0.75),
  swell(415.3, 0.3, 0.25, 0.5),
];

/** The chain; 5.1 at 48 kHz. */
export const SURROUND_SOURCE = `aevalsrc=exprs=${CHANNELS.join('|')}:channel_layout=5.1:sample_rate=48000`;
