import { execFile } from 'node:child_process';

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

/**
 * Reads all packets of a file with ffprobe, and counts the frames of its streams by decoding them.
 * @param decodes - false leaves the frames uncounted.
 */
export async function probe(path: string, decodes = true): Promise<ProbedStream[]> {
  const fields =
    'stream=index,codec_type,codec_name,nb_read_frames:stream_disposition=attached_pic:packet=stream_index,pts_time,size,data_hash';
  const { stdout, code } = await run('ffprobe', [
    // A stream that goes on under another PID is one stream.
    ...(path.endsWith('.ts') ? ['-merge_pmt_versions', '1'] : []),
    ...['-v', 'quiet', ...(decodes ? ['-count_frames'] : []), '-show_packets', '-show_data_hash', 'md5'],
    ...['-show_entries', fields, '-of', 'json', path],
  ]);
  // What it cannot make sense of has no streams; what it printed until then is not even whole.
  if (code !== 0) return [];
  const report = JSON.parse(decoder.decode(stdout)) as ProbeReport;
  return (report.streams ?? []).map((stream) => ({
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
  const { stderr, code } = await run('ffmpeg', [
    ...['-nostdin', '-v', level, '-i', path],
    ...maps.flatMap((map) => ['-map', map]),
    ...['-f', 'null', '-'],
  ]);
  const lines = decoder.decode(stderr).split('\n');
  return [...lines.filter((line) => line !== ''), ...(code === 0 ? [] : [`exit code ${code}`])];
}

/**
 * Decodes the first channel of a file's n-th sound track.
 * @returns all samples that the decoder gives, those that a player would skip included.
 */
export async function decodeFirstChannel(path: string, track = 0): Promise<Float32Array> {
  const { stdout } = await run('ffmpeg', [
    ...['-nostdin', '-v', 'quiet', '-flags2', '+skip_manual', '-i', path, '-map', `0:a:${track}`],
    ...['-af', 'pan=mono|c0=c0', '-f', 'f32le', '-'],
  ]);
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

const decoder = new TextDecoder();

function run(
  program: string,
  args: readonly string[],
): Promise<{ stdout: Uint8Array; stderr: Uint8Array; code: number }> {
  return new Promise((resolve) => {
    execFile(program, args, { encoding: 'buffer', maxBuffer: 2 ** 30 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code ?? 1) });
    });
  });
}
