/** The table of HLS segments: how long each takes, and what is read for it. */
import { createEnginePool, everyBrowserTarget, openFile, openSegmented } from '../../src/index.js';
import { CountedSource } from './counted-source.js';
import { startServer } from './first-fragment.js';
import type { BenchFile, BenchMedia } from './media.js';
import { ffmpeg, fragmentedMp4, runToNowhere } from './program.js';
import type { Result } from './result.js';
import { fetchMs, openRenditions, type ServedRendition } from './served-renditions.js';
import { spreadOf } from './statistics.js';

/** Segments that are asked for, spread over the film. */
const segmentCount = 40;
/** Of those, ffmpeg makes this many: it takes long enough. */
const ffmpegCount = 20;

/** Milliseconds to a segment, never made before and made before, and bytes and reads of the source for it. */
export async function measureSegments(media: BenchMedia, withFfmpeg: boolean): Promise<Result[]> {
  const results: Result[] = [];
  using server = await startServer(media.film.path);
  const copy = { video: ['-map', '0:v:0', '-c', 'copy'], audio: ['-map', '0:a:0', '-c', 'copy'] };
  for (const [what, file, codecs] of [
    ['1.2 Mbit/s copied', media.lengths[2], copy],
    ['20 Mbit/s copied', media.film, copy],
    [
      'E-AC-3 to AAC',
      media.surround,
      { video: undefined, audio: ['-map', '0:a:0', '-c:a', 'aac', '-b:a', '192k', '-ac', '2'] },
    ],
  ] as const) {
    const renditions = await openRenditions(server, file.path);
    for (const rendition of renditions) {
      const options = codecs[rendition.kind];
      if (options === undefined) continue;
      const chosen = chooseSegments(rendition.segments.length);
      const cold: number[] = [];
      const warm: number[] = [];
      for (const n of chosen) cold.push(await fetchMs(rendition.segments[n]!));
      for (const n of chosen) warm.push(await fetchMs(rendition.segments[n]!));
      const others = withFfmpeg
        ? await ffmpegTimes(file, rendition, chosen.slice(0, ffmpegCount), options)
        : [];
      const program = others.length === 0 ? {} : { ffmpeg: spreadOf(others) };
      const name = `${rendition.kind}, ${what}`;
      results.push(
        { name: `${name}, cold`, unit: 'ms', segmint: spreadOf(cold), ...program, goal: 5, isTail: true },
        { name: `${name}, from the store`, unit: 'ms', segmint: spreadOf(warm), limit: 5, isTail: true },
      );
    }
  }
  return [...results, ...(await measureReading(media.surround))];
}

/** What a film watched from its beginning to its end reads: of a source to which every read is a request, and of a file. */
async function measureReading(file: BenchFile): Promise<Result[]> {
  const remote = await watchWhole(file, false);
  const local = await watchWhole(file, true);
  const row = (name: string, unit: Result['unit'], value: number, limit?: number): Result => ({
    name,
    unit,
    segmint: spreadOf([value]),
    ...(limit === undefined ? {} : { limit }),
    isTail: true,
  });
  // One video and one audio track, and both are played: all of the file is needed, once.
  return [
    row('reads before the first playlist', 'reads', remote.readsBefore, 3),
    row('bytes read of those needed, all segments in order', 'bytes a byte', remote.bytes / file.bytes, 1.1),
    row('reads a segment, all segments in order', 'reads', remote.reads / remote.segments),
    row('the same of a local file: bytes read', 'bytes a byte', local.bytes / file.bytes, 1.1),
  ];
}

/** Makes all segments of a film, video and audio in turn, as a player asks for them. */
async function watchWhole(
  file: BenchFile,
  isLocal: boolean,
): Promise<{ readsBefore: number; reads: number; bytes: number; segments: number }> {
  await using engine = createEnginePool();
  const counted = new CountedSource(await openFile(file.path), isLocal);
  await using media = await openSegmented(counted, { engine });
  const player = { ...everyBrowserTarget, ladder: 'none' } as const;
  media.masterPlaylist(player);
  const { renditions } = media.describe(player);
  for (const { id } of renditions) media.mediaPlaylist(id);
  const readsBefore = counted.reads;
  let segments = 0;
  for (let n = 0; n < Math.max(...renditions.map(({ segmentCount }) => segmentCount)); n++) {
    for (const { id, segmentCount } of renditions) {
      if (n >= segmentCount) continue;
      await media.segment(id, n);
      segments++;
    }
  }
  return { readsBefore, reads: counted.reads - readsBefore, bytes: counted.bytes, segments };
}

/** Every k-th segment, in an order that is not theirs. */
function chooseSegments(count: number): number[] {
  const wanted = Math.min(segmentCount, count);
  const spread = Array.from({ length: wanted }, (_, i) => Math.floor((i * count) / wanted));
  return spread.map((_, i) => spread[(i * 17) % wanted]!).filter((n, i, all) => all.indexOf(n) === i);
}

async function ffmpegTimes(
  file: BenchFile,
  { starts }: ServedRendition,
  chosen: readonly number[],
  codecs: readonly string[],
): Promise<number[]> {
  const times: number[] = [];
  for (const n of chosen) {
    const from = starts[n]!;
    const length = (starts[n + 1] ?? file.seconds) - from;
    const range = ['-ss', from.toFixed(3), '-i', file.path, '-t', length.toFixed(3)];
    times.push((await runToNowhere(ffmpeg(...range, ...codecs, ...fragmentedMp4, 'pipe:1'))).ms);
  }
  return times;
}
