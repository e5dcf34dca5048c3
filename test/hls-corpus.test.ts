/**
 * Real files of many makers in segments, where the folder that holds them is there: the playlists are strict HLS and tell
 * the truth, joined segments decode as the source does, and what cannot be played is refused in one clear sentence.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import HLS from 'hls-parser';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { SegmintError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import type { AudioCodec, VideoCodec } from '../src/media/codec.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { PlayerRequest, Rendition, SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { assertSentence, CORPUS, corpusFiles, LONG_FILES, reportCorpus } from './support/corpus.js';
import { decode, type DecodedFile } from './support/ffmpeg.js';
import { readFragmentedMp4 } from './support/fragmented-mp4.js';
import { joinBytes } from './support/read-stream.js';
import { joinSegments } from './support/segment-bytes.js';
import { assertSameBytes } from './support/same-bytes.js';
import { missingTools } from './support/tools.js';

/** A player that takes whatever MP4 can hold. */
const everything: PlayerRequest = {
  video: new Set<VideoCodec>(['h264', 'hevc', 'av1', 'vp9', 'vp8']),
  audio: new Set<AudioCodec>(['aac', 'opus', 'flac', 'ac3', 'eac3', 'mp3', 'alac']),
};

/** Files of which ffmpeg makes something, and segments cannot be made. */
const rightlyRefused = new Set([
  // Its only picture is no keyframe.
  'ebml-vectors/block_ends_beyond_cluster.mkv',
  // One raw picture of two by two pixels, the layout of which the track does not hand on.
  'ebml-vectors/MULTIPLE-EBML-HEADER.mkv',
]);

/** Files that begin with pictures which nothing can be made of: they are left out. */
const beginsWithin = new Set(['ts/no-initial-keyframe.ts', 'ts/test-143.ts']);

/** Half of its packets are damaged: how many pictures come of them depends on where a decoder begins. */
const damaged = 'ts/test-143.ts';

const files = corpusFiles();
const isJudged = files.length > 0 ? missingTools('the corpus in segments', 'ffmpeg', 'ffprobe') : false;
let pool: EnginePool;
let scratch: string;
const refusals = new Map<string, string>();

before(() => {
  pool = createEnginePool({ size: 2 });
  scratch = mkdtempSync(join(tmpdir(), 'segmint-hls-corpus-'));
  HLS.setOptions({ strictMode: true });
});

after(async () => {
  await pool[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
  reportCorpus('in segments', files, refusals);
});

describe('the corpus in segments', { skip: isJudged }, () => {
  for (const file of files) {
    it(`plays or refuses ${file}`, { timeout: 300_000 }, async () => {
      const path = join(CORPUS, file);
      const source = await decode(path, !LONG_FILES.has(file));
      try {
        await using media = await openSegmented(await openFile(path), { engine: pool });
        const played = new Set<string>();
        await playAll(path, source, media, everything, played);
        await playAll(path, source, media, everyBrowserTarget, played);
      } catch (error) {
        if (!(error instanceof SegmintError)) throw error;
        assertSentence(error.message);
        refusals.set(file, error.message);
        const decodes = source.streams.filter(
          ({ type, frames, isAttachedPicture }) => type !== 'subtitle' && frames > 0 && !isAttachedPicture,
        );
        if (rightlyRefused.has(file)) return;
        assert.deepEqual(
          decodes.map(({ codec }) => codec),
          [],
          `refused, but ffmpeg decodes it: ${error.message}`,
        );
      }
    });
  }
});

async function playAll(
  path: string,
  source: DecodedFile,
  media: SegmentedMedia,
  player: PlayerRequest,
  played: Set<string>,
): Promise<void> {
  // Lower forms are encoded as the original height is: of all these files, they would take hours.
  const request: PlayerRequest = { ...player, ladder: 'none' };
  const { renditions } = media.describe(request);
  const master = HLS.parse(media.masterPlaylist(request));
  assert.ok(master.isMasterPlaylist);
  assert.ok(master.variants.length === 1);
  for (const rendition of renditions) {
    // The same rendition is the same bytes, whoever asks for it.
    if (!played.has(rendition.id)) await assertWhole(path, source, media, rendition);
    played.add(rendition.id);
  }
}

async function assertWhole(
  path: string,
  source: DecodedFile,
  media: SegmentedMedia,
  { id, type, decision, segmentCount }: Rendition,
): Promise<void> {
  const init = joinBytes((await media.initSegment(id)).chunks);
  const segments: Uint8Array[] = [];
  for (let n = 0; n < segmentCount; n++) segments.push(joinBytes((await media.segment(id, n)).chunks));
  const bytes = joinSegments(init, segments);
  const [track] = readFragmentedMp4(bytes).tracks;
  assert.equal(track!.type, type);
  assert.equal(track!.parts.length, segmentCount);
  track!.parts.forEach((part, n, parts) => {
    assert.ok(part.sampleCount > 0);
    const previous = parts[n - 1];
    // The first sample need not begin at zero: packets that are copied have their own grid, and pictures their own time.
    const latest = type === 'audio' ? track!.samples[0]!.duration : track!.timescale / 10 + 1;
    if (previous === undefined)
      assert.ok(part.baseMediaDecodeTime < latest, `begins at ${part.baseMediaDecodeTime}`);
    else assert.equal(part.baseMediaDecodeTime, previous.baseMediaDecodeTime + previous.duration);
  });
  for (const { compositionOffset } of track!.samples) assert.ok(compositionOffset >= 0);
  assertPlaylist(media.mediaPlaylist(id), track!);

  const joinedPath = join(scratch, `${id}.mp4`);
  writeFileSync(joinedPath, bytes);
  const isLong = [...LONG_FILES].some((file) => path.endsWith(file));
  const { streams, messages } = await decode(joinedPath, !isLong);
  const pictures = source.streams.filter((stream) => stream.type === 'video' && !stream.isAttachedPicture);
  if (type === 'video') {
    const [joined] = streams;
    const frames = pictures[0]?.frames;
    const isWhole = ![...beginsWithin].some((file) => path.endsWith(file));
    if (decision.action === 'copy' && frames !== undefined && isWhole) {
      assert.equal(joined!.packets.length, pictures[0]!.packets.length);
    }
    // What an edit list hides is shown here, and nothing less; VVC is beyond the ffmpeg that counts.
    const isCounted = messages.length === 0 && frames !== undefined && frames > 0 && !path.endsWith(damaged);
    if (isCounted && path.includes('/mp4/')) assert.ok(joined!.frames >= frames);
    else if (isCounted) assert.equal(joined!.frames, frames, `${frames} pictures of the source`);
  }
  assert.ok(messages.length <= source.messages.length, `${id}: ${messages.join('\n')}`);
  const again = segmentCount >> 1;
  assertSameBytes(joinBytes((await media.segment(id, again)).chunks), segments[again]!, 'made again');
  rmSync(joinedPath);
}

/** What the playlist says of each segment's length is what is in it, to a picture that leads the next at the most. */
function assertPlaylist(text: string, track: ReturnType<typeof readFragmentedMp4>['tracks'][number]): void {
  const playlist = HLS.parse(text);
  assert.ok(!playlist.isMasterPlaylist);
  assert.equal(playlist.segments.length, track.parts.length);
  let stated = 0;
  playlist.segments.forEach(({ duration }, n) => {
    assert.ok(Math.round(duration) <= playlist.targetDuration);
    const real = track.parts[n]!.baseMediaDecodeTime / track.timescale;
    assert.ok(Math.abs(stated - real) < 0.3, `segment ${n} begins at ${real}, the playlist says ${stated}`);
    stated += duration;
  });
  const last = track.parts.at(-1)!;
  const end = (last.baseMediaDecodeTime + last.duration) / track.timescale;
  assert.ok(Math.abs(stated - end) < 0.3, `the rendition ends at ${end}, the playlist says ${stated}`);
}
