import { judge } from './judge.js';

/** What decoding a stream shows, as ffprobe sees it. */
export interface ShownStream {
  readonly type: 'video' | 'audio';
  /** Its codec, as ffmpeg calls it. */
  readonly codec: string;
  /** Seconds at which its frames begin, ascending; those that are told no time are left out. */
  readonly times: readonly number[];
  /** How many frames, with a time or without. */
  readonly count: number;
  /** Seconds at which the last sound ends; of video, when the last picture is shown. */
  readonly end: number;
}

/** What decoding a file shows. */
export interface ShownFile {
  /** Moving pictures and sounds that give any frame, in the order of the file. */
  readonly streams: readonly ShownStream[];
  /** What ffprobe has to say about it: nothing, when all is well. */
  readonly messages: readonly string[];
}

/** Decodes a file with ffprobe. */
export async function readShownFrames(path: string): Promise<ShownFile> {
  const entries =
    'stream=index,codec_type,codec_name,sample_rate:stream_disposition=attached_pic:frame=stream_index,best_effort_timestamp_time,nb_samples';
  const args = [
    '-v',
    'error',
    '-show_streams',
    '-show_frames',
    '-show_entries',
    entries,
    '-of',
    'json',
    path,
  ];
  const { stdout, stderr, code } = await judge('ffprobe', args, path);
  // A failure is a file of which ffprobe makes nothing, or not all.
  const report = (code === 0 ? JSON.parse(stdout) : {}) as Report;
  return { streams: shownStreams(report), messages: stderr.split('\n').filter((line) => line !== '') };
}

function shownStreams({ streams = [], frames = [] }: Report): ShownStream[] {
  return streams.flatMap((stream): ShownStream[] => {
    const { codec_type: type, disposition, index } = stream;
    const own = frames.filter(({ stream_index }) => stream_index === index);
    if ((type !== 'video' && type !== 'audio') || disposition?.attached_pic === 1 || own.length === 0)
      return [];
    const times = own
      .map((frame) => Number(frame.best_effort_timestamp_time))
      .filter((time) => !Number.isNaN(time));
    times.sort((a, b) => a - b);
    const last = own.at(-1)!;
    const lastSeconds = type === 'audio' ? last.nb_samples! / Number(stream.sample_rate) : 0;
    return [
      {
        type,
        codec: stream.codec_name ?? 'unknown',
        times,
        count: own.length,
        end: (times.at(-1) ?? 0) + lastSeconds,
      },
    ];
  });
}

interface Report {
  readonly streams?: readonly {
    readonly index: number;
    readonly codec_type?: string;
    readonly codec_name?: string;
    readonly sample_rate?: string;
    readonly disposition?: { readonly attached_pic?: number };
  }[];
  readonly frames?: readonly {
    readonly stream_index: number;
    readonly best_effort_timestamp_time?: string;
    readonly nb_samples?: number;
  }[];
}
