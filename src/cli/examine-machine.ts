import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEngine } from '../engine/describe-engine.js';
import { engineBuild } from '../engine/engine-build.js';
import type { EnginePool } from '../engine/pool.js';
import { synthesizeFile } from '../engine/synthesis.js';
import { CHAIN_CODECS, type ChainReport } from '../engine/device-chain.js';
import { VIDEO_DEVICES, type DeviceReport } from '../engine/video-device.js';
import { findDeviceObstacle } from '../engine/device-obstacle.js';
import { openFile } from '../io/file.js';
import { machineMemoryBytes } from '../io/machine-memory.js';
import { streamTranscodeUniversal } from '../pipelines/universal.js';

/** What was found out about a machine. Sizes are in bytes. */
export interface MachineReport {
  /** Whether video was decoded, encoded and muxed. */
  readonly isPlaying: boolean;
  /** What is in the way of that, in words for a person. */
  readonly problems: readonly string[];
  /** Node.js. */
  readonly node: string;
  /** Operating system and kind of processor. */
  readonly platform: string;
  /** The processor. */
  readonly processor: string;
  /** Cores that this process may use: as many engines are started. */
  readonly cores: number;
  /** Memory, and how much of it nobody uses. */
  readonly memory: { readonly total: number; readonly free: number };
  /** The folder for temporary files; without `free` where that cannot be told. */
  readonly temporary: { readonly path: string; readonly free?: number };
  /** The libraries that decode and encode; absent when no engine can be started. */
  readonly engine?: EngineReport;
  /** What was tried of hardware, in the order of preference. */
  readonly hardware: readonly HardwareReport[];
  /** What encodes video here. */
  readonly videoEncoder: string;
}

/** A kind of hardware. */
export interface HardwareReport extends DeviceReport {
  /** What was tried of decoding and filters in its own memory; nothing where it does not encode, or has no filters. */
  readonly chains: readonly ChainReport[];
}

/** The engine. */
export interface EngineReport {
  /** The package and the kind of machine that it was built for. */
  readonly build: string;
  /** FFmpeg's version. */
  readonly ffmpeg: string;
  /** FFmpeg's licence. */
  readonly licence: string;
  /** What encodes sound. */
  readonly audioEncoder: string;
  /** Decoders that films need and that are missing. */
  readonly missingDecoders: readonly string[];
}

/** libavcodec's names of what films are made of. */
const DECODERS = [
  ...[
    'h264',
    'hevc',
    'vvc',
    'libdav1d',
    'vp8',
    'vp9',
    'mpeg1video',
    'mpeg2video',
    'mpeg4',
    'msmpeg4',
    'vc1',
    'wmv3',
  ],
  ...['theora', 'prores', 'dnxhd', 'mjpeg', 'ffv1', 'rv40'],
  ...['aac', 'ac3', 'eac3', 'dca', 'truehd', 'mp3', 'opus', 'vorbis', 'flac', 'alac', 'wmav2', 'pcm_s16le'],
];

/**
 * Finds out whether a machine can play what has to be encoded, and with what.
 * @param engines - engines that may use every encoder.
 * @param signal - ends it.
 */
export async function examineMachine(engines: EnginePool, signal: AbortSignal): Promise<MachineReport> {
  const problems: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const engine = await attempt('No engine can be started', () => examineEngine(engines));
  const hardware =
    engine === undefined
      ? []
      : ((await attempt('Hardware cannot be tried', () => tryHardware(engines))) ?? []);
  if (engine !== undefined) await attempt('A film cannot be played', () => playFilm(engines, signal));
  return {
    isPlaying: problems.length === 0,
    problems,
    node: process.version,
    platform: `${process.platform} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: { total: machineMemoryBytes(), free: process.availableMemory() },
    temporary: await examineTemporary(),
    ...(engine === undefined ? {} : { engine }),
    hardware,
    videoEncoder: hardware.find(({ isWorking }) => isWorking)?.device ?? 'x264',
  };
}

async function examineEngine(engines: EnginePool): Promise<EngineReport> {
  const { ffmpeg, aacEncoder } = await engines.ready();
  const described = await describeEngine(engines, DECODERS);
  return { build: engineBuild(), ffmpeg, audioEncoder: aacEncoder, ...described };
}

/** Each by itself: a driver may take the engine with it. */
async function tryHardware({ videoEncoders }: EnginePool): Promise<HardwareReport[]> {
  return Promise.all(
    VIDEO_DEVICES.map(async (device) => {
      const report = await videoEncoders.report(device);
      if (!report.isWorking) {
        const obstacle = findDeviceObstacle(device);
        const detail = obstacle === undefined ? report.detail : `${obstacle} (${report.detail})`;
        return { ...report, detail, chains: [] };
      }
      const chains: ChainReport[] = [];
      for (const codec of CHAIN_CODECS) chains.push(...(await videoEncoders.chains.reports(device, codec)));
      return { ...report, chains };
    }),
  );
}

/** A second of MPEG-2 with AC-3 is made and streamed, as a player would have it: decoded, encoded, muxed. */
async function playFilm(engines: EnginePool, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'segmint-doctor-'));
  try {
    const path = join(folder, 'film.mkv');
    const video = {
      encoder: 'mpeg2video',
      source: 'testsrc2=size=320x180:rate=25',
      gop: 12,
      bitRate: 800_000,
    };
    const audio = {
      ...{ encoder: 'ac3', source: 'sine=frequency=440:sample_rate=48000' },
      ...{ sampleRate: 48_000, layout: 'stereo', bitRate: 128_000 },
    };
    const spec = { durationMs: 1000, video: [video], audio: [audio] };
    await synthesizeFile(engines, spec, { path, format: 'matroska' }, { signal });
    const stream = streamTranscodeUniversal(await openFile(path), { engine: engines, signal });
    let bytes = 0;
    for await (const chunks of stream.chunks()) for (const chunk of chunks) bytes += chunk.byteLength;
    const { tracks } = await stream.summary;
    const encoded = tracks.filter(({ action }) => action === 'transcode').map(({ type }) => type);
    if (bytes === 0 || !encoded.includes('video') || !encoded.includes('audio')) {
      throw new RangeError(`of a film with both, ${encoded.join(' and ') || 'nothing'} came out`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examineTemporary(): Promise<MachineReport['temporary']> {
  const path = tmpdir();
  try {
    const { bavail, bsize } = await statfs(path);
    return { path, free: bavail * bsize };
  } catch {
    return { path };
  }
}
