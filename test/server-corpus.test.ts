/**
 * Real files of many makers, all from one server, where the folder that holds them is there: each is streamed whole, and
 * the first of each kind also from its middle and encoded anew, with the pictures of the source at the source's times and
 * the sound beside them; or is refused in one sentence.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  assertSentence,
  CORPUS,
  CORPUS_FOLDERS,
  corpusFiles,
  LONG_FILES,
  reportCorpus,
} from './support/corpus.js';
import { SegmintServer } from './support/segmint-server.js';
import { readShownFrames, type ShownFile, type ShownStream } from './support/shown-frames.js';
import { missingTools } from './support/tools.js';

const FORCED_SECONDS = 1;
/** A millisecond of Matroska's, rounded twice. */
const ROUNDING = 0.003;
/** A frame of the longest audio codec, and what is rounded. */
const AUDIO_FRAME = 0.06;

/** Files of which ffprobe shows other pictures or times than are sent, and why. */
const OTHERWISE: ReadonlyMap<string, string> = new Map([
  ['mp4/MOV00006.3gp', 'ffprobe joins the sound of a chunk to one frame'],
  ['mp4/discard_first_keyframe.mp4', 'pictures before the beginning of its edit list are shown'],
  ['mp4/iibbibb_editlist_videoonly.mp4', 'its edit list begins within a picture, which ffprobe leaves out'],
  ['mp4/rotate-buck-bunny.mp4', 'ffprobe moves fragments with negative composition offsets'],
  ['matroska/xvid_asp_mp3_vfw.mkv', 'AVI in Matroska: ffprobe shows it one picture late'],
  ['matroska/h264-mjpeg.mkv', 'two of its pictures have their times the wrong way round'],
  ['ts/test-025.ts', 'it begins with pictures that refer to others which are not there'],
  ['ts/test-143.ts', 'half of its packets are damaged'],
  ['other/sine_stereo_mp2.mpg', 'ffprobe guesses the time of a picture that has none, and shows two at once'],
  ['other/testWMV.wmv', 'ffprobe knows no time of the last frames in a packet'],
]);

/** Files of which ffmpeg makes a picture, and a player would not. */
const RIGHTLY_REFUSED: ReadonlySet<string> = new Set([
  // Its only picture is no keyframe.
  'ebml-vectors/block_ends_beyond_cluster.mkv',
  // One raw picture of two by two pixels, the layout of which the track does not hand on.
  'ebml-vectors/MULTIPLE-EBML-HEADER.mkv',
]);

const files = corpusFiles().filter((file) => !LONG_FILES.has(file));
/** Of a kind are those of a folder, a container and the same codecs: they go the same ways through the program. */
const kinds = new Set<string>();
const skip = files.length > 0 ? missingTools('the corpus from a server', 'ffmpeg', 'ffprobe') : false;
const refusals = new Map<string, string>();
let server: SegmintServer;
let scratch: string;
let sentCount = 0;

before(async () => {
  if (files.length === 0 || skip !== false) return;
  scratch = mkdtempSync(join(tmpdir(), 'segmint-server-corpus-'));
  server = await SegmintServer.start(CORPUS_FOLDERS.map((folder) => join(CORPUS, folder)));
});

after(async () => {
  reportCorpus('from one server', files, refusals);
  if (files.length === 0 || skip !== false) return;
  assert.ok(server.isAlive, 'the server ended by itself');
  await server.stop();
  rmSync(scratch, { recursive: true });
});

describe('the corpus from one server', { skip, concurrency: 2 }, () => {
  for (const file of files) {
    it(`plays or refuses ${file}`, { timeout: 240_000 }, async () => {
      const path = join(CORPUS, file);
      const judged = await readShownFrames(path);
      const source = judged.streams;
      const whole = await stream(file, '');
      assert.equal((await ask('master.m3u8', file, '')).status < 500, true);
      if (typeof whole === 'string') {
        refusals.set(file, whole);
        if (!RIGHTLY_REFUSED.has(file))
          assert.deepEqual(source, [], `refused, but ffmpeg decodes it: ${whole}`);
        return;
      }
      assertSilent(judged, whole);
      if (!OTHERWISE.has(file)) assertSame(source, whole.streams);

      const kind = [dirname(file), extname(file), ...source.map(({ codec }) => codec)].join(' ');
      if (kinds.has(kind)) return;
      // One that is not compared whole stands for no other.
      if (!OTHERWISE.has(file)) kinds.add(kind);
      const forced = await stream(file, `&video=h264&duration=${FORCED_SECONDS}`);
      assert.ok(typeof forced !== 'string', 'refused when it is encoded anew');
      // Of no picture ffmpeg says that there is none.
      if (picturesOfBeginning(source) > 0) assertSilent(judged, forced);
      // Of what ffprobe does not open it shows nothing.
      if (!OTHERWISE.has(file) && source.length > 0) assertBeginning(source, forced.streams);

      const { zero, seconds } = extentOf(source);
      if (!(seconds > 0.5) || OTHERWISE.has(file)) return;
      const rest = await stream(file, `&start=${(seconds / 2).toFixed(3)}`);
      assert.ok(typeof rest !== 'string', 'refused from the middle');
      for (const type of ['video', 'audio'] as const) {
        const [from, to] = [pick(source, type), pick(rest.streams, type)];
        if (from === undefined) continue;
        assert.ok(to !== undefined, `there is no ${type}`);
        assertClose(to.end + rest.startSeconds, from.end - zero, AUDIO_FRAME, `${type} from the middle ends`);
      }
    });
  }
});

interface Sent extends ShownFile {
  readonly startSeconds: number;
}

function ask(what: string, file: string, query: string): Promise<Response> {
  return fetch(new URL(`${what}?src=${encodeURIComponent(basename(file))}${query}`, server.url));
}

/** Fetches a stream; gives the message where it is refused. */
async function stream(file: string, query: string): Promise<Sent | string> {
  const response = await ask('stream.mp4', file, query);
  if (response.status !== 200) {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.match(error.code, /^(malformed_media|unsupported_media)$/);
    assertSentence(error.message);
    return error.message;
  }
  const path = join(scratch, `${sentCount++}.mp4`);
  writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
  const startSeconds = Number(response.headers.get('x-segmint-start-ms')) / 1000;
  const shown = await readShownFrames(path);
  rmSync(path);
  return { ...shown, startSeconds };
}

/** What is sent decodes with no more to be said than of the source. */
function assertSilent(source: ShownFile, sent: ShownFile): void {
  assert.ok(sent.messages.length <= source.messages.length, sent.messages.join('\n'));
}

/** Every picture of the source is there at its time, and the sound is where it was beside them. */
function assertSame(source: readonly ShownStream[], sent: readonly ShownStream[]): void {
  const [video, sentVideo] = [pick(source, 'video'), pick(sent, 'video')];
  const [audio, sentAudio] = [pick(source, 'audio'), pick(sent, 'audio')];
  if (video !== undefined) {
    assert.ok(sentVideo !== undefined, 'there is no video');
    assert.equal(sentVideo.count, video.count, 'pictures');
    video.times.forEach((time, i) => {
      const moved = sentVideo.times[i]! - sentVideo.times[0]! - (time - video.times[0]!);
      assert.ok(Math.abs(moved) <= ROUNDING, `picture ${i} is moved by ${moved} s`);
    });
  }
  if (audio === undefined) return;
  assert.ok(sentAudio !== undefined, 'there is no audio');
  const { zero } = extentOf(source);
  assertClose(sentAudio.end, audio.end - zero, AUDIO_FRAME, 'the sound ends');
  if (video === undefined) return;
  const shift = sentVideo!.times[0]! - (video.times[0]! - zero);
  assert.ok(Math.abs(shift) <= AUDIO_FRAME / 2, `pictures are moved against the sound by ${shift} s`);
}

/** The pictures of the beginning are there, encoded anew. */
function assertBeginning(source: readonly ShownStream[], sent: readonly ShownStream[]): void {
  const count = pick(sent, 'video')?.count ?? 0;
  const expected = picturesOfBeginning(source);
  assert.ok(Math.abs(count - expected) <= 1, `${count} pictures, ${expected} expected`);
}

/** How many pictures the source shows in the time that is encoded anew. */
function picturesOfBeginning(source: readonly ShownStream[]): number {
  const { zero } = extentOf(source);
  const { times } = pick(source, 'video') ?? { times: [] };
  return times.filter((time) => time - zero < FORCED_SECONDS - ROUNDING).length;
}

function pick(streams: readonly ShownStream[], type: ShownStream['type']): ShownStream | undefined {
  return streams.find((one) => one.type === type);
}

/** When the source begins, and how long it is, in seconds. */
function extentOf(source: readonly ShownStream[]): { zero: number; seconds: number } {
  const played = [pick(source, 'video'), pick(source, 'audio')].filter((one) => one !== undefined);
  const zero = Math.min(...played.map(({ times }) => times[0]!));
  return { zero, seconds: Math.max(...played.map(({ end }) => end)) - zero };
}

function assertClose(value: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(value - expected) <= tolerance, `${what} at ${value} s, and not at ${expected} s`);
}
