/**
 * The sounds that AAC encoders are measured on, computed and not recorded, so that everyone measures the same. Each is
 * a function of the channel: 5.1 is six different channels of the same kind.
 */

/** Samples a second of everything here. */
export const SAMPLE_RATE = 48_000;

/** A sound: its name, what it is there to show, and its channels. */
export interface Signal {
  /** Its name in the table. */
  readonly name: string;
  /** Samples, one array a channel. */
  readonly channels: readonly Float32Array[];
}

type Generator = (channel: number, length: number) => Float32Array;

const GENERATORS: readonly (readonly [string, Generator])[] = [
  ['tones', tones],
  ['music', music],
  ['speech', speech],
  ['castanets', castanets],
  ['noise', noise],
];

/**
 * Makes all signals.
 * @param channels - number of channels.
 * @param seconds - length.
 */
export function makeSignals(channels: number, seconds: number): Signal[] {
  const length = seconds * SAMPLE_RATE;
  return GENERATORS.map(([name, generate]) => ({
    name,
    channels: Array.from({ length: channels }, (_, channel) => generate(channel, length)),
  }));
}

/** Seconds from one castanet stroke to the next. */
export const STROKE_SECONDS = 0.25;

/** Steady partials that no band holds two of: what long windows are good at. */
function tones(channel: number, length: number): Float32Array {
  const pitches = [110, 441, 997, 2503, 5521, 9973].map((pitch) => pitch * (1 + 0.013 * channel));
  return fill(length, (t) =>
    pitches.reduce((sum, pitch, i) => sum + (0.2 / (1 + i / 2)) * Math.sin(2 * Math.PI * pitch * t), 0),
  );
}

/** Chords of plucked strings with harmonics, a bass below and a brushed cymbal above. */
function music(channel: number, length: number): Float32Array {
  const random = randomNumbers(1000 + channel);
  const chords = [
    [57, 60, 64, 69],
    [53, 57, 60, 65],
    [48, 55, 64, 67],
    [55, 59, 62, 67],
  ];
  const output = new Float32Array(length);
  const step = Math.round(SAMPLE_RATE * 0.2);
  for (let start = 0, beat = 0; start < length; start += step, beat++) {
    const chord = chords[Math.floor(beat / 8) % chords.length]!;
    const note = chord[(beat * 3 + channel) % chord.length]!;
    pluck(output, start, 440 * 2 ** ((note - 69) / 12), 0.16, 2.5);
    if (beat % 4 === 0) pluck(output, start, 440 * 2 ** ((chord[0]! - 93) / 12), 0.22, 1.5);
    if (beat % 2 === 1) brush(output, start, random);
  }
  return output;
}

function pluck(output: Float32Array, start: number, pitch: number, gain: number, decay: number): void {
  const end = Math.min(output.length, start + 2 * SAMPLE_RATE);
  for (let harmonic = 1; harmonic <= 12 && harmonic * pitch < 16_000; harmonic++) {
    const step = (2 * Math.PI * pitch * harmonic * (1 + 0.0003 * harmonic * harmonic)) / SAMPLE_RATE;
    const loss = Math.exp((-decay * (1 + harmonic / 3)) / SAMPLE_RATE);
    let level = gain / harmonic;
    for (let i = start; i < end && level > 1e-6; i++) {
      output[i]! += level * Math.sin(step * (i - start)) * Math.min(1, (i - start) / 200);
      level *= loss;
    }
  }
}

function brush(output: Float32Array, start: number, random: () => number): void {
  let previous = 0;
  for (let i = 0; i < SAMPLE_RATE / 8 && start + i < output.length; i++) {
    const sample = random();
    output[start + i]! += 0.05 * (sample - previous) * Math.exp((-i * 30) / SAMPLE_RATE);
    previous = sample;
  }
}

/** A pulse train of wandering pitch through three moving formants, in syllables, with hissing between. */
function speech(channel: number, length: number): Float32Array {
  const random = randomNumbers(2000 + channel);
  const output = new Float32Array(length);
  const formants = [
    [700, 1200, 2600],
    [300, 2300, 3000],
    [450, 800, 2500],
    [550, 1800, 2500],
  ];
  const memory = [0, 0, 0, 0, 0, 0];
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const t = i / SAMPLE_RATE + channel * 0.17;
    const syllable = t / 0.22;
    const inside = syllable % 1;
    const isVoiced = Math.floor(syllable) % 5 !== 4;
    const envelope = Math.sin(Math.PI * inside) ** 0.6 * (Math.floor(syllable / 9) % 4 === 3 ? 0 : 1);
    phase += (115 + 25 * Math.sin(t * 2.1) + 10 * Math.sin(t * 7.7)) / SAMPLE_RATE;
    let pulse = 0;
    if (phase >= 1) {
      phase -= 1;
      pulse = 6;
    }
    const source = isVoiced ? pulse + 0.02 * random() : 0.25 * random();
    const vowel = formants[Math.floor(syllable) % formants.length]!;
    let sample = 0;
    for (let f = 0; f < 3; f++)
      sample += resonate(memory, f * 2, source, vowel[f]! * (isVoiced ? 1 : 2.2)) / (f + 1);
    output[i] = 0.12 * envelope * sample;
  }
  return output;
}

function resonate(memory: number[], at: number, input: number, pitch: number): number {
  const radius = Math.exp((-Math.PI * 90) / SAMPLE_RATE);
  const output =
    0.05 * input +
    2 * radius * Math.cos((2 * Math.PI * pitch) / SAMPLE_RATE) * memory[at]! -
    radius * radius * memory[at + 1]!;
  memory[at + 1] = memory[at]!;
  memory[at] = output;
  return output;
}

/** Hard strokes out of silence: what shows pre-echo. */
function castanets(channel: number, length: number): Float32Array {
  const random = randomNumbers(3000 + channel);
  const period = SAMPLE_RATE * STROKE_SECONDS;
  return fill(length, (t, i) => {
    const since = (i % period) / SAMPLE_RATE;
    const body = Math.sin(2 * Math.PI * (2200 + 150 * channel) * since);
    return (0.5 * random() + 0.4 * body) * Math.exp(-since * 120);
  });
}

/** White noise: every band is full, and the encoder must choose what to leave out. */
function noise(channel: number, length: number): Float32Array {
  const random = randomNumbers(4000 + channel);
  return fill(length, () => 0.25 * random());
}

function fill(length: number, at: (t: number, i: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, i) => at(i / SAMPLE_RATE, i));
}

/** Numbers from -1 to 1, the same for the same seed (Park and Miller's generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823.5 - 1;
  };
}
