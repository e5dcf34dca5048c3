import type { PageAnalyser, PageAudioContext, PageVideo } from '../page-types.js';

declare const AudioContext: new () => PageAudioContext;

/** Below this nothing is heard, in dBFS. */
const SILENCE = -70;
/** Milliseconds that a browser may take to start its sound, where it can. */
const START = 3000;

/** Listens to what an element plays. */
export class SoundMeter {
  readonly #context: PageAudioContext;
  readonly #analyser: PageAnalyser;
  readonly #spectrum: Float32Array;

  private constructor(context: PageAudioContext, analyser: PageAnalyser) {
    this.#context = context;
    this.#analyser = analyser;
    this.#spectrum = new Float32Array(analyser.frequencyBinCount);
  }

  /**
   * Puts a meter behind an element's sound.
   * @returns undefined where the browser has no sound: Firefox has none on a machine without a sound device.
   */
  static async of(video: PageVideo): Promise<SoundMeter | undefined> {
    const context = new AudioContext();
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, START))]);
    if (context.state !== 'running') return undefined;
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0;
    context.createMediaElementSource(video).connect(analyser);
    analyser.connect(context.destination);
    return new SoundMeter(context, analyser);
  }

  /** Whether the loudest tone has this frequency, in Hz. */
  hears(frequency: number): boolean {
    const { loudest, level } = this.#listen();
    return level > SILENCE && Math.abs(loudest - frequency) < 30;
  }

  /** Whether there is no sound. */
  isSilent(): boolean {
    return this.#listen().level < SILENCE;
  }

  #listen(): { loudest: number; level: number } {
    this.#analyser.getFloatFrequencyData(this.#spectrum);
    let best = 0;
    this.#spectrum.forEach((level, i) => {
      if (level > this.#spectrum[best]!) best = i;
    });
    const hertz = this.#context.sampleRate / this.#analyser.fftSize;
    return { loudest: best * hertz, level: this.#spectrum[best]! };
  }
}
