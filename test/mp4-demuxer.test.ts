/**
 * The MP4 demuxer on files that ffmpeg writes in all its ways: what it gives is what ffprobe sees.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import { openMp4, type Mp4Demuxer } from '../src/isobmff/reader/demuxer.js';
import { collect } from './support/samples.js';
import { assertSamples, assertTrack, probeStored, type Tolerance } from './support/stored-packets.js';
import { missingTools } from './support/tools.js';

const PICTURE = '-f lavfi -i testsrc2=size=64x48:rate=25:duration=2';
const TONE = '-f lavfi -i sine=frequency=500:sample_rate=48000:duration=2';
const H264 = '-c:v libx264 -preset ultrafast -g 10 -bf 2 -pix_fmt yuv420p -threads 1';

/** Files by name, with the arguments that make them; those of a fragmented file say how ffprobe sees it. */
const FILES: Readonly<Record<string, { readonly make: string; readonly tolerance?: Tolerance }>> = {
  'moov-last.mp4': { make: `${PICTURE} ${TONE} ${H264} -c:a aac` },
  'moov-first.mp4': { make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +faststart` },
  'negative-offsets.mp4': { make: `${PICTURE} ${H264} -movflags +negative_cts_offsets` },
  'no-edit-list.mp4': { make: `${PICTURE} ${TONE} ${H264} -c:a aac -use_editlist 0` },
  'delayed-sound.mp4': { make: `${PICTURE} -itsoffset 0.7 ${TONE} ${H264} -c:a aac` },
  'delayed-picture.mov': { make: `-itsoffset 0.48 ${PICTURE} ${TONE} ${H264} -c:a pcm_s16be` },
  'pcm-24.mov': { make: `${TONE} -ac 2 -c:a pcm_s24le` },
  'pcm-float.mov': { make: `${TONE} -c:a pcm_f32be` },
  'pcm-8.mov': { make: `${TONE} -c:a pcm_u8` },
  'mulaw.mov': { make: `${TONE} -c:a pcm_mulaw` },
  'ima.mov': { make: `${TONE} -ac 2 -c:a adpcm_ima_qt` },
  'alac.m4a': { make: `${TONE} -c:a alac` },
  'alac.mov': { make: `${TONE} -c:a alac` },
  'mp3.mp4': { make: `${TONE} -c:a libmp3lame` },
  'mp3.mov': { make: `${TONE} -c:a libmp3lame` },
  'flac-96k.mp4': { make: `${TONE} -ar 96000 -c:a flac -strict -2` },
  'opus.mp4': { make: `${TONE} -c:a libopus` },
  'ac3.mov': { make: `${TONE} -c:a ac3` },
  'eac3.mp4': { make: `${TONE} -c:a eac3` },
  'vorbis.mp4': { make: `${TONE} -ac 2 -c:a libvorbis` },
  'hevc.mp4': {
    make: `${PICTURE} -c:v libx265 -preset ultrafast -x265-params log-level=error:bframes=3 -tag:v hvc1`,
  },
  'vp9.mp4': { make: `${PICTURE} -c:v libvpx-vp9 -deadline realtime -cpu-used 8` },
  'mpeg4.mp4': { make: `${PICTURE} -c:v mpeg4 -bf 2` },
  'mpeg2.mov': { make: `${PICTURE} -c:v mpeg2video -bf 2` },
  'mjpeg.mov': { make: `${PICTURE} -c:v mjpeg -pix_fmt yuvj420p` },
  'prores.mov': { make: `${PICTURE} -c:v prores_ks -profile:v 3` },
  'png.mov': { make: `${PICTURE} -c:v png` },
  'h263.3gp': { make: `-f lavfi -i testsrc2=size=176x144:rate=25:duration=1 -c:v h263` },
  'languages.mp4': {
    make: `${PICTURE} ${TONE} ${TONE} -map 0 -map 1 -map 2 ${H264} -c:a aac -metadata:s:a:0 language=ger -metadata:s:a:1 language=fra -metadata title=Night`,
  },
  'variable-rate.mp4': {
    make: `-f lavfi -i testsrc2=size=64x48:rate=30:duration=3,select='not(eq(mod(n\\,7)\\,3))' -vsync vfr ${H264}`,
  },
  'fragments.mp4': { make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +frag_keyframe+empty_moov` },
  'fragments-from-moof.mp4': {
    make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +frag_keyframe+empty_moov+default_base_moof`,
  },
  'fragments-omitting-tfhd-offset.mp4': {
    make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +frag_keyframe+empty_moov+omit_tfhd_offset`,
  },
  'fragments-of-each-track.mp4': {
    make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +frag_keyframe+empty_moov+separate_moof`,
  },
  'fragments-after-samples.mp4': { make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +frag_keyframe` },
  'segment-index.mp4': {
    make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +dash+frag_keyframe+global_sidx`,
  },
  'segment-indices.mp4': { make: `${PICTURE} ${TONE} ${H264} -c:a aac -movflags +dash+frag_keyframe` },
  'cmaf.mp4': {
    make: `${PICTURE} ${H264} -movflags +cmaf+frag_keyframe`,
    // Presentation times are late in ffprobe 5.1 where composition offsets are negative: the first picture's was 0.
    tolerance: { presentationShift: 512, decodeShift: 0 },
  },
};

/** More chapters than `chpl` can list, with titles of one to three bytes a character. */
const CHAPTER_METADATA = Array.from(
  { length: 300 },
  (_, i) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${i * 6}\nEND=${i * 6 + 6}\ntitle=Nº ${i} 章\n`,
).reduce((all, chapter) => all + chapter, ';FFMETADATA1\n');

/** Files with chapters in a track of text, and what writes them. */
const CHAPTERS: Readonly<Record<string, string>> = {
  'text-alone.mov': '-movflags +disable_chpl',
  'text-alone.m4b': '-f ipod -movflags +disable_chpl+faststart',
  'text-and-short-list.mp4': '-f mp4',
};

const isJudged = missingTools('the MP4 demuxer on files of ffmpeg', 'ffmpeg', 'ffprobe');
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmint-mp4-'));
});

after(() => rmSync(folder, { recursive: true }));

describe('the MP4 demuxer', { skip: isJudged }, () => {
  for (const [name, { make, tolerance }] of Object.entries(FILES)) {
    it(`reads ${name} as ffprobe does`, { timeout: 240_000 }, async () => {
      const path = join(folder, name);
      execFileSync('ffmpeg', [...`-nostdin -v error -y ${make} -fflags +bitexact`.split(' '), path]);
      const { streams, packets } = probeStored(path);
      await using source = await openFile(path);
      const demuxer = await openMp4(source);
      const samples = await collect(demuxer);
      assert.equal(demuxer.info.tracks.length, streams.length);
      assert.deepEqual(demuxer.damage, []);
      for (const [i, track] of demuxer.info.tracks.entries()) {
        assertTrack(track, streams[i]!);
        assertSamples(
          samples.filter(({ trackId }) => trackId === track.id),
          packets.filter(({ stream_index }) => stream_index === i),
          tolerance,
        );
      }
      await assertStreamed(path, demuxer);
    });
  }

  for (const [name, options] of Object.entries(CHAPTERS)) {
    it(`reads the chapters of ${name} as ffprobe does`, { timeout: 240_000 }, async () => {
      const metadata = join(folder, 'chapters.txt');
      writeFileSync(metadata, CHAPTER_METADATA);
      const path = join(folder, name);
      const inputs = `-nostdin -v error -y ${TONE} -i ${metadata} -map 0 -map_chapters 1 -c:a aac`.split(' ');
      execFileSync('ffmpeg', [...inputs, ...options.split(' '), path]);
      await using source = await openFile(path);
      const { info } = await openMp4(source, { maxChapterReads: 1 });
      const probed = execFileSync('ffprobe', [...'-v error -show_chapters -of json'.split(' '), path], {
        encoding: 'utf8',
      });
      const { chapters } = JSON.parse(probed) as { chapters: ProbedChapter[] };
      assert.equal(chapters.length, 300);
      assert.deepEqual(
        info.chapters.map(({ startNs, endNs, titles }) => [startNs, endNs, titles[0]?.title]),
        chapters.map(({ start_time, end_time, tags }) => [toNs(start_time), toNs(end_time), tags.title]),
      );
      assert.equal(info.tracks.length, 1);
    });
  }
});

/** What ffprobe says of a chapter; times are seconds in decimals. */
interface ProbedChapter {
  readonly start_time: string;
  readonly end_time: string;
  readonly tags: { readonly title: string };
}

const toNs = (seconds: string): number => Math.round(Number(seconds) * 1000) * 1e6;

/** What comes out of a stream is the same; a movie box at the end cannot be had. */
async function assertStreamed(path: string, whole: Mp4Demuxer): Promise<void> {
  const content = Uint8Array.from(readFileSync(path));
  const pieces = async function* () {
    for (let at = 0; at < content.length; at += 997) yield content.slice(at, at + 997);
  };
  let streamed: Mp4Demuxer;
  try {
    streamed = await openMp4(openIterable(pieces()));
  } catch (error) {
    assert.match((error as Error).message, /behind its media/);
    return;
  }
  const [samples, expected] = [await collect(streamed), await collect(whole)];
  // A stream does not tell that a fragment is the last one: what was added to its last sound is heard.
  if (whole.isFragmented) assert.ok(samples.every(({ discardPadding }) => discardPadding <= 0));
  const padding = whole.isFragmented ? { discardPadding: 0 } : {};
  assert.deepEqual(
    samples.map((sample) => ({ ...sample, ...padding })),
    expected.map((sample) => ({ ...sample, ...padding })),
  );
}
