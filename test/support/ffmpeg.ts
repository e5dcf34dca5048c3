import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { judge } from './judge.js';

/** A packet as ffprobe sees it. */
export interface ProbedPacket {
  /** Seconds; NaN when there is none. */
  readonly time: number;
  readonly size: number;
  /** `MD5:…` of the data. */
  readonly hash: string;
}

/** A stream as ffprobe sees it. */
export interface ProbedStream {
  readonly type: string;
  readonly codec: string;
  /** Frames that decoding gives. */
  readonly frames: number;
  /** It is a cover, and no moving picture. */
  readonly isAttachedPicture: boolean;
  readonly packets: readonly ProbedPacket[];
}

/** What a file holds, and what was said while it was decoded. */
export interface DecodedFile {
  readonly streams: readonly ProbedStream[];
  /** Nothing, when all is well. */
  readonly messages: readonly string[];
}

/**
 * Reads all packets of a file with ffprobe, and counts the frames of its streams by decoding them.
 * @param decodes - false leaves the frames uncounted.
 */
export async function probe(path: string, decodes = true): Promise<readonly ProbedStream[]> {
  return (await decode(path, decodes)).streams;
}

/** The same, and what ffprobe has to say about it. */
export async function decode(path: string, decodes = true): Promise<DecodedFile> {
  const fields =
    'stream=index,codec_type,codec_name,nb_read_frames:stream_disposition=attached_pic:packet=stream_index,pts_time,size,data_hash';
  const args = [
    // A stream that goes on under another PID is one stream.
    ...(path.endsWith('.ts') ? ['-merge_pmt_versions', '1'] : []),
    ...['-v', 'error', ...(decodes ? ['-count_frames'] : []), '-show_packets', '-show_data_hash', 'md5'],
    ...['-show_entries', fields, '-of', 'json', path],
  ];
  const { stdout, stderr, code } = await judge('ffprobe', args, path);
  const messages = linesOf(stderr, code);
  // What it cannot make sense of has no streams; what it printed until then is not even whole.
  if (code !== 0) return { streams: [], messages };
  const report = JSON.parse(stdout) as ProbeReport;
  const streams = (report.streams ?? []).map((stream) => ({
    type: stream.codec_type ?? '',
    codec: stream.codec_name ?? '',
    frames: Number(stream.nb_read_frames ?? 0),
    isAttachedPicture: stream.disposition?.attached_pic === 1,
    packets: (report.packets ?? [])
      .filter((packet) => packet.stream_index === stream.index)
      .map(({ pts_time, size, data_hash }) => ({
        time: Number(pts_time),
        size: Number(size),
        hash: data_hash,
      })),
  }));
  return { streams, messages };
}

/**
 * Decodes the chosen streams of a file and gives what ffmpeg has to say about it: nothing, when all is well.
 * @param level - how important what it says must be.
 */
export async function decodingMessages(
  path: string,
  maps: readonly string[] = ['0'],
  level: 'error' | 'warning' = 'error',
): Promise<string[]> {
  const mapped = maps.flatMap((map) => ['-map', map]);
  const args = ['-nostdin', '-v', level, '-i', path, ...mapped, '-f', 'null', '-'];
  const { stderr, code } = await judge('ffmpeg', args, path);
  return linesOf(stderr, code);
}

function linesOf(stderr: string, code: number): string[] {
  const lines = stderr.split('\n').filter((line) => line !== '');
  return [...lines, ...(code === 0 ? [] : [`exit code ${code}`])];
}

/**
 * Decodes the first channel of a file's n-th sound track.
 * @returns all samples that the decoder gives, those that a player would skip included.
 */
export async function decodeFirstChannel(path: string, track = 0): Promise<Float32Array> {
  const args = [
    ...['-nostdin', '-v', 'quiet', '-flags2', '+skip_manual', '-i', path, '-map', `0:a:${track}`],
    ...['-af', 'pan=mono|c0=c0', '-f', 'f32le', '-'],
  ];
  const { stdout } = await promisify(execFile)('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 30 });
  return new Float32Array(Uint8Array.from(stdout).buffer);
}

interface ProbeReport {
  readonly streams?: readonly {
    readonly index: number;
    readonly codec_type?: string;
    readonly codec_name?: string;
    readonly nb_read_frames?: string;
    readonly disposition?: { readonly attached_pic?: number };
  }[];
  readonly packets?: readonly {
    readonly stream_index: number;
    readonly pts_time?: string;
    readonly size: string;
    readonly data_hash: string;
  }[];
}
