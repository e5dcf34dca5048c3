import { availableParallelism } from 'node:os';
import { RequestError } from '../errors.js';
import type { AudioCodec, VideoCodec } from '../media/codec.js';
import type { ReadOptions, Source } from '../media/source.js';
import { everyBrowserTarget } from '../pipelines/player-target.js';
import type { PlayerRequest, Rendition, SegmentedMedia } from '../pipelines/segment/segmented-media.js';
import { FolderOutput } from './folder-output.js';
import { formatBytes, formatTime, printable } from './format.js';
import { openSource } from './open-source.js';
import { countSubtitleFiles, subtitleJobs } from './package-subtitles.js';
import { showFileProgress } from './progress.js';
import { runSideBySide } from './run-side-by-side.js';
import type { Terminal } from './terminal.js';

/** Options of {@link packageHls}, as the command line gives them. */
export interface PackageOptions {
  /** Folder. */
  readonly output: string;
  /** Video codecs to copy beside H.264. */
  readonly video?: readonly VideoCodec[];
  /** Audio codecs to copy beside AAC. */
  readonly audio?: readonly AudioCodec[];
  /** Writes lower forms of the video too. */
  readonly ladder?: boolean;
  /** Writes the manifest of DASH beside the playlists. */
  readonly dash?: boolean;
  /** Headers for an HTTP source. */
  readonly header?: Readonly<Record<string, string>>;
  /** Modules that open further kinds of sources. */
  readonly plugin?: readonly string[];
  /** Prints the summary as JSON. */
  readonly json?: boolean;
  /** Writes into a folder that is not empty. */
  readonly force?: boolean;
}

/** Opens a source for segments; takes the source over. */
export type OpenSegments = (source: Source, options: ReadOptions) => Promise<SegmentedMedia>;

/** What was written, as `--json` prints it. */
export interface PackageSummary {
  /** The multivariant playlist's folder. */
  readonly output: string;
  /** Duration in seconds. */
  readonly durationSeconds: number;
  /** What was written of each rendition. */
  readonly renditions: readonly RenditionSummary[];
  /** Bytes of all files. */
  readonly bytes: number;
  /** Milliseconds that it took. */
  readonly elapsedMs: number;
}

/** A rendition that was written. */
export interface RenditionSummary extends Rendition {
  /** Bytes of its init segment and its segments. */
  readonly bytes: number;
  /** What was not copied or encoded as planned. */
  readonly remarks: readonly { readonly segment: number; readonly remark: string }[];
}

/**
 * `segmint package`: writes what the server would send as files: the multivariant playlist, the manifest of DASH where it is
 * wanted, and a folder for each rendition and subtitle.
 * The multivariant playlist is written last: where it is, everything is.
 * @param sourceName - path or URL.
 * @param options - as parsed.
 * @param terminal - where messages go.
 * @param signal - ends it; files that are there then are whole.
 * @param open - opens the source for segments.
 */
export async function packageHls(
  sourceName: string,
  options: PackageOptions,
  terminal: Terminal,
  signal: AbortSignal,
  open: OpenSegments,
): Promise<void> {
  if (options.output === '-') throw new RequestError('HLS is many files: give a folder.');
  const begin = performance.now();
  const folder = await FolderOutput.open(options.output, { force: options.force === true });
  const source = await openSource(sourceName, {
    signal,
    headers: options.header ?? {},
    plugins: options.plugin,
  });
  await using media = await open(source, { signal });
  const player: PlayerRequest = {
    video: new Set([...everyBrowserTarget.video, ...(options.video ?? [])]),
    audio: new Set([...everyBrowserTarget.audio, ...(options.audio ?? [])]),
    ladder: options.ladder === true ? 'all' : 'none',
    // Nobody waits for what is made beforehand.
    encodedSegments: 'planned',
  };
  const { durationSeconds, renditions } = media.describe(player);
  const master = media.masterPlaylist(player);
  const manifest = options.dash === true ? media.manifest(player) : undefined;
  // Encoders are asked before anything is written: what cannot be packaged leaves no trace.
  await Promise.all(renditions.map(({ id }) => media.initSegment(id, { signal })));
  const written = renditions.map((rendition) => new WrittenRendition(rendition));
  {
    // An init segment beside the segments, and the playlists.
    const fixed = manifest === undefined ? 1 : 2;
    const asFiles = manifest !== undefined;
    const files = renditions.reduce((sum, { segmentCount }) => sum + segmentCount + 2, fixed);
    const all = files + countSubtitleFiles({ media, asFiles });
    using progress = await showFileProgress(all, terminal.isInteractive);
    const onWritten = (bytes: number): void => progress.written(bytes);
    const parallelism = Math.max(2, availableParallelism());
    await runSideBySide(segmentJobs(media, written, folder, onWritten), parallelism, signal);
    await runSideBySide(subtitleJobs({ media, folder, asFiles, onWritten }), parallelism, signal);
    for (const { id } of renditions) {
      await writeText(folder, id, 'playlist.m3u8', media.mediaPlaylist(id), (bytes) =>
        progress.written(bytes),
      );
      signal.throwIfAborted();
    }
    if (manifest !== undefined) {
      await writeText(folder, '', 'manifest.mpd', manifest, (bytes) => progress.written(bytes));
    }
    await writeText(folder, '', 'master.m3u8', master, (bytes) => progress.written(bytes));
  }
  const summaries = written.map((one) => one.summary());
  const bytes = summaries.reduce((sum, one) => sum + one.bytes, 0);
  report(
    {
      output: options.output,
      durationSeconds,
      renditions: summaries,
      bytes,
      elapsedMs: Math.round(performance.now() - begin),
    },
    options,
    terminal,
  );
}

/** Counts what is written of a rendition. */
class WrittenRendition {
  readonly rendition: Rendition;
  #bytes = 0;
  readonly #remarks: { segment: number; remark: string }[] = [];

  constructor(rendition: Rendition) {
    this.rendition = rendition;
  }

  add(bytes: number, segment: number, remarks: readonly string[]): void {
    this.#bytes += bytes;
    for (const remark of remarks) this.#remarks.push({ segment, remark });
  }

  summary(): RenditionSummary {
    // They were made side by side, and end in any order.
    const remarks = this.#remarks.toSorted((a, b) => a.segment - b.segment);
    return { ...this.rendition, bytes: this.#bytes, remarks };
  }
}

/**
 * One job for each init segment and segment, in order of time over all renditions: what stands side by side in the source is
 * then read together.
 */
function* segmentJobs(
  media: SegmentedMedia,
  renditions: readonly WrittenRendition[],
  folder: FolderOutput,
  onWritten: (bytes: number) => void,
): Generator<(signal: AbortSignal) => Promise<void>> {
  const most = renditions.reduce((max, { rendition }) => Math.max(max, rendition.segmentCount), 0);
  for (let number = -1; number < most; number++) {
    for (const written of renditions) {
      const { id, segmentCount } = written.rendition;
      if (number >= segmentCount) continue;
      yield async (signal) => {
        const isInit = number < 0;
        const { chunks, byteLength, remarks } = isInit
          ? await media.initSegment(id, { signal })
          : await media.segment(id, number, { signal });
        await folder.write(id, isInit ? 'init.mp4' : `${number}.m4s`, chunks);
        written.add(byteLength, number, remarks);
        onWritten(byteLength);
      };
    }
  }
}

async function writeText(
  folder: FolderOutput,
  path: string,
  name: string,
  text: string,
  onWritten: (bytes: number) => void,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await folder.write(path, name, [bytes]);
  onWritten(bytes.length);
}

function report(summary: PackageSummary, { json }: PackageOptions, terminal: Terminal): void {
  for (const { id, remarks } of summary.renditions) {
    const [first] = remarks;
    if (first === undefined) continue;
    const others = remarks.length === 1 ? '' : `, and ${remarks.length - 1} more`;
    const remark = printable(first.remark).replace(/\.$/, '');
    terminal.complain(`${id}: segment ${first.segment}: ${remark}${others}.`);
  }
  if (json === true) {
    terminal.print(JSON.stringify(summary, undefined, 2));
  } else if (terminal.isInteractive) {
    const { output, renditions, durationSeconds, bytes, elapsedMs } = summary;
    const list = renditions.map(
      ({ id, decision }) => `${id} ${decision.action === 'copy' ? 'copied' : 'encoded'}`,
    );
    const time = `${formatTime(durationSeconds * 1000)} in ${formatTime(elapsedMs)}`;
    terminal.complain(`${output}: ${list.join(', ')}; ${time}, ${formatBytes(bytes)}`);
  }
}
