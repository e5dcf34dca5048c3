import type { SegmentedMedia } from '../pipelines/segment/segmented-media.js';
import { writeSubtitleRendition } from '../pipelines/subtitles/subtitle-id.js';
import type { FolderOutput } from './folder-output.js';

/** What the subtitles of a media are written with. */
export interface SubtitleOutput {
  readonly media: SegmentedMedia;
  readonly folder: FolderOutput;
  /** Also writes each as one file, which is what the manifest of DASH names. */
  readonly asFiles: boolean;
  /** Is told the bytes of each file. */
  readonly onWritten: (bytes: number) => void;
}

/** How many files {@link subtitleJobs} write. */
export function countSubtitleFiles({ media, asFiles }: Omit<SubtitleOutput, 'folder' | 'onWritten'>): number {
  const renditions = renditionsOf(media);
  const segments = renditions.reduce((sum, { rendition }) => sum + media.segmentCount(rendition), 0);
  return segments + renditions.length * (asFiles ? 2 : 1);
}

/** One job for each file of the subtitles with text: a folder of segments for each, with its playlist. */
export function* subtitleJobs({
  media,
  folder,
  asFiles,
  onWritten,
}: SubtitleOutput): Generator<(signal: AbortSignal) => Promise<void>> {
  const write = async (path: string, name: string, chunks: readonly Uint8Array[]): Promise<void> => {
    await folder.write(path, name, chunks);
    onWritten(chunks.reduce((sum, { length }) => sum + length, 0));
  };
  for (const { id, rendition } of renditionsOf(media)) {
    for (let number = 0; number < media.segmentCount(rendition); number++) {
      yield async (signal) => {
        const { chunks } = await media.segment(rendition, number, { signal });
        await write(rendition, `${number}.vtt`, chunks);
      };
    }
    yield () => write(rendition, 'playlist.m3u8', [new TextEncoder().encode(media.mediaPlaylist(rendition))]);
    if (!asFiles) continue;
    yield async (signal) => {
      const chunks: Uint8Array[] = [];
      const range = { startMs: 0, endMs: Infinity };
      for await (const chunk of media.subtitles!.file(id, 'vtt', range, { signal })) chunks.push(chunk);
      await write('subtitles', `${id}.vtt`, chunks);
    };
  }
}

function renditionsOf({ subtitles, version }: SegmentedMedia): { id: string; rendition: string }[] {
  return (subtitles?.texts ?? []).map(({ id }) => ({ id, rendition: writeSubtitleRendition(id, version) }));
}
