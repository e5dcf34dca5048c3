/**
 * Which AAC encoder is the default? Measures quality and speed of those that the engine has, as the product uses them
 * (in independent segments), beside the system's ffmpeg program with its default encoder.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AacEncoder } from '../src/engine/aac-encoder.js';
import { audioJobSpan, encodeAudio } from '../src/engine/audio-job.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { synthesizeFile, synthesizePackets, type SynthesisSpec } from '../src/engine/synthesis.js';
import { codeInSegments, codeWithProgram, SEGMENT_FRAMES } from './aac-encoders/coded-audio.js';
import { measureBandwidth, measurePreEcho, measureQuality, measureSeams } from './aac-encoders/quality.js';
import { makeSignals, SAMPLE_RATE, type Signal } from './aac-encoders/signals.js';

const SECONDS = 12;

/** Place of the LFE channel. */
const LFE = 3;

const ENCODERS: readonly (readonly [string, AacEncoder])[] = [
  ['aac twoloop', { name: 'aac', options: { aac_coder: 'twoloop' } }],
  ['aac fast', { name: 'aac', options: { aac_coder: 'fast' } }],
  ['libfdk_aac', { name: 'libfdk_aac', options: { afterburner: '1' } }],
  ['libfdk_aac afterburner=0', { name: 'libfdk_aac', options: { afterburner: '0' } }],
  [
    'libfdk_aac afterburner=0 cutoff=18000',
    { name: 'libfdk_aac', options: { afterburner: '0', cutoff: '18000' } },
  ],
];

const OUTPUTS = [
  { channels: 2, bitRate: 192_000, name: 'stereo, 192 kbit/s' },
  { channels: 6, bitRate: 384_000, name: '5.1, 384 kbit/s' },
] as const;

/**
 * Runs the comparison and prints a table for each output.
 * @param args - `--quality` or `--speed` for one half only.
 */
export async function run(args: string[]): Promise<void> {
  await using pool = createEnginePool({ size: 1 });
  await pool.ready();
  for (const { channels, bitRate, name } of OUTPUTS) {
    console.log(`\n## ${name}\n`);
    if (!args.includes('--speed')) await printQuality(pool, channels, bitRate);
    if (!args.includes('--quality')) await printSpeed(pool, channels, bitRate);
  }
}

async function printQuality(pool: EnginePool, channels: number, bitRate: number): Promise<void> {
  const signals = makeSignals(channels, SECONDS);
  console.log(
    `| encoder | ${signals.map(({ name }) => name).join(' | ')} | pre-echo dB | seam dB (worst signal) | bandwidth kHz | kbit/s |`,
  );
  console.log(`|---|${'---|'.repeat(signals.length + 4)}`);
  printQualityRow(
    'ffmpeg program',
    signals,
    signals.map(({ channels }) => codeWithProgram(channels, bitRate)),
    false,
  );
  for (const [name, encoder] of ENCODERS) {
    const coded: { samples: Float32Array[]; bitRate: number }[] = [];
    for (const signal of signals) {
      coded.push(await codeInSegments(pool, signal.channels, { encoder, bitRate }));
    }
    printQualityRow(name, signals, coded, true);
  }
  console.log('\nNoise-to-mask ratio in dB: mean / worst twentieth (segmental SNR). Lower is better.\n');
}

function printQualityRow(
  name: string,
  signals: readonly Signal[],
  coded: readonly { samples: Float32Array[]; bitRate: number }[],
  isSegmented: boolean,
): void {
  // The first and the last quarter of a second are each encoder's own business.
  // The LFE is left out: encoders cut it off at some 120 Hz, and these sounds have most of theirs above.
  const trim = (planes: readonly Float32Array[], end: number): Float32Array[] =>
    planes.filter((_, channel) => channel !== LFE).map((plane) => plane.subarray(SAMPLE_RATE / 4, end));
  const cells: string[] = [];
  let worstSeam = -Infinity;
  let echo = NaN;
  let bandwidth = NaN;
  let bits = 0;
  signals.forEach((signal, i) => {
    const { samples, bitRate } = coded[i]!;
    const end = Math.min(samples[0]!.length, signal.channels[0]!.length) - SAMPLE_RATE / 4;
    const before = trim(signal.channels, end);
    const after = trim(samples, end);
    const { noiseToMask, worstNoiseToMask, segmentalSnr } = measureQuality(before, after);
    cells.push(`${noiseToMask.toFixed(1)} / ${worstNoiseToMask.toFixed(1)} (${segmentalSnr.toFixed(1)})`);
    if (signal.name === 'castanets') echo = measurePreEcho(before, after);
    if (signal.name === 'noise') bandwidth = measureBandwidth(before, after);
    bits += bitRate;
    const joins: number[] = [];
    for (let join = SEGMENT_FRAMES * 1024; join < end; join += SEGMENT_FRAMES * 1024) {
      joins.push(join - SAMPLE_RATE / 4);
    }
    worstSeam = Math.max(worstSeam, measureSeams(before, after, joins));
  });
  cells.push(echo.toFixed(1), isSegmented ? worstSeam.toFixed(2) : `(${worstSeam.toFixed(2)})`);
  cells.push((bandwidth / 1000).toFixed(1), (bits / signals.length / 1000).toFixed(0));
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

async function printSpeed(pool: EnginePool, channels: 2 | 6, bitRate: number): Promise<void> {
  const source: SynthesisSpec = {
    durationMs: 60_000,
    audio: [
      {
        encoder: 'eac3',
        source: 'anoisesrc=seed=7:amplitude=0.2:color=pink:sample_rate=48000,tremolo=f=3',
        sampleRate: SAMPLE_RATE,
        layout: '5.1',
        bitRate: 448_000,
      },
    ],
  };
  console.log('| E-AC-3 5.1 in | seconds of sound per second of CPU, 8 s jobs | 2 s jobs |\n|---|---|---|');
  const program = await programSpeed(pool, source, channels, bitRate);
  console.log(`| ffmpeg program | ${program.toFixed(0)} (whole file) | |`);
  const [track] = await synthesizePackets(pool, source);
  for (const [name, encoder] of ENCODERS) {
    const speeds: string[] = [];
    for (const frameCount of [375, SEGMENT_FRAMES]) {
      let elapsed = 0;
      let made = 0;
      for (let firstFrame = 0; firstFrame + frameCount < 2800; firstFrame += frameCount) {
        const { startSample, endSample } = audioJobSpan(firstFrame, frameCount);
        const packets = track!.packets.filter(
          ({ start }) => start > startSample - 0.1 * SAMPLE_RATE && start < endSample,
        );
        const startedAt = cpuSeconds(pool);
        await encodeAudio(pool, {
          decoder: {
            codec: 'eac3',
            codecTag: 'A_EAC3',
            codecPrivate: undefined,
            sampleRate: SAMPLE_RATE,
            channels: 6,
            bitDepth: undefined,
          },
          packets,
          timescale: SAMPLE_RATE,
          firstFrame,
          frameCount,
          output: { channels, bitRate, encoder },
        });
        elapsed += cpuSeconds(pool) - startedAt;
        made += frameCount;
      }
      speeds.push(((made * 1024) / SAMPLE_RATE / elapsed).toFixed(0));
    }
    console.log(`| ${name} | ${speeds.join(' | ')} |`);
  }
}

/** CPU time that the engine has used so far; unlike the clock it does not depend on what else the machine does. */
function cpuSeconds(pool: EnginePool): number {
  const fields = readFileSync(`/proc/${pool.stats.pids[0]}/stat`, 'latin1').split(') ')[1]!.split(' ');
  // utime and stime in ticks of 10 ms; see proc_pid_stat(5).
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function programSpeed(
  pool: EnginePool,
  source: SynthesisSpec,
  channels: number,
  bitRate: number,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'segmint-bench-'));
  try {
    const path = join(folder, 'in.mkv');
    await synthesizeFile(pool, source, { path, format: 'matroska' });
    const options = ['-ac', String(channels), '-c:a', 'aac', '-b:a', String(bitRate), '-f', 'null', '-'];
    const { stderr } = spawnSync('ffmpeg', ['-benchmark', '-threads', '1', '-i', path, ...options], {
      encoding: 'utf8',
    });
    const times = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr);
    return source.durationMs / 1000 / (Number(times?.[1]) + Number(times?.[2]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
