/**
 * Real files of many makers, where the folder that holds them is there: each comes out whole, as ffprobe and ffmpeg see
 * it, or is refused in one clear sentence, and rightly so.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { SegmintError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import type { ContinuousOptions } from '../src/pipelines/continuous-options.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { assertSentence, CORPUS, corpusFiles, reportCorpus } from './support/corpus.js';
import { decode, decodingMessages, probe, type ProbedStream } from './support/ffmpeg.js';
import { readFragmentedMp4 } from './support/fragmented-mp4.js';
import { readStream, type ReadStream } from './support/read-stream.js';
import { assertSameBytes, isSameBytes } from './support/same-bytes.js';
import { missingTools } from './support/tools.js';

const COPIED_VIDEO = new Set(['h264', 'hevc', 'av1', 'vp9']);
/** What MP4 holds as it is. */
const COPIED_AUDIO = new Set(['aac', 'mp3', 'mp2', 'opus', 'flac', 'ac3', 'eac3', 'alac']);

const files = corpusFiles(['matroska', 'webm', 'ebml-vectors']);
const isJudged = files.length > 0 ? missingTools('the corpus', 'ffmpeg', 'ffprobe') : false;
let pool: EnginePool;
let scratch: string;
/** Files and why they were refused. */
const refusals = new Map<string, string>();

before(() => {
  pool = createEnginePool({ size: 2 });
  scratch = mkdtempSync(join(tmpdir(), 'segmint-corpus-'));
});

after(async () => {
  await pool[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
  reportCorpus('of Matroska', files, refusals);
});

describe('the corpus', { skip: isJudged }, () => {
  for (const file of files) {
    it(`plays or refuses ${file}`, { timeout: 240_000 }, async () => {
      const path = join(CORPUS, file);
      const source = await probe(path);
      const result = await attempt(path);
      if (result instanceof SegmintError) {
        refusals.set(file, result.message);
        assertSentence(result.message);
        assertRightlyRefused(source, COPIED_VIDEO);
      } else {
        await assertWhole(path, source, result, 'auto');
        await assertSameAsStream(path, result);
      }
      await assertDescribed(path, result);

      const copied = await attempt(path, { video: 'copy', audio: 'copy' });
      if (copied instanceof SegmintError) {
        assertSentence(copied.message);
        assertRightlyRefused(source, new Set([...COPIED_VIDEO, 'vp8']), COPIED_AUDIO);
      } else {
        await assertWhole(path, source, copied, 'copy', result);
      }

      const encoded = await attempt(path, { audio: 'aac' });
      assert.equal(
        encoded instanceof SegmintError,
        result instanceof SegmintError,
        'as AAC it ends another way',
      );
      if (!(encoded instanceof SegmintError)) await assertWhole(path, source, encoded, 'aac', result);
    });
  }
});

/** Streams a file; gives the error where it is refused. Any error that is not of the taxonomy is thrown on. */
async function attempt(path: string, options: ContinuousOptions = {}): Promise<ReadStream | SegmintError> {
  try {
    return await readStream(await openFile(path), { engine: pool, ...options });
  } catch (error) {
    if (error instanceof SegmintError) return error;
    throw error;
  }
}

/** Checks what was sent against the source, track by track. */
async function assertWhole(
  path: string,
  source: readonly ProbedStream[],
  { bytes, description, summary }: ReadStream,
  kind: string,
  decoded?: ReadStream | SegmintError,
): Promise<void> {
  // As a rule the same tracks are copied; the same bytes need no second look.
  if (decoded !== undefined && 'bytes' in decoded && isSameBytes(decoded.bytes, bytes)) return;
  assert.equal(summary.outcome, 'complete');
  assert.equal(summary.bytes, bytes.length);
  const outputPath = join(scratch, `${kind}.mp4`);
  writeFileSync(outputPath, bytes);
  const { tracks } = readFragmentedMp4(bytes);
  const isFirst = decoded === undefined || decoded instanceof SegmintError;
  const { streams: output, messages: said } = await decode(outputPath, isFirst);
  const ids = (await describedTracks(path)).map(({ id }) => id);
  const shifts: number[] = [];
  for (const [i, sent] of description.tracks.entries()) {
    // ffprobe lists streams in the order of the tracks; tracks of a kind that it does not know are none.
    const from = source[ids.indexOf(sent.id)]!;
    const to = output[i]!;
    assert.equal(to.type, from.type);
    tracks[i]!.parts.forEach((part, at, parts) => {
      const previous = parts[at - 1];
      if (previous === undefined) return;
      assert.equal(part.baseMediaDecodeTime, previous.baseMediaDecodeTime + previous.duration);
    });
    for (const { compositionOffset } of tracks[i]!.samples) assert.ok(compositionOffset >= 0);
    if (sent.action === 'transcode') continue;
    assert.equal(to.codec, from.codec);
    assert.equal(to.packets.length, from.packets.length, `packets of track ${sent.id}`);
    if (isFirst) assert.equal(to.frames, from.frames, `frames of track ${sent.id}`);
    assert.deepEqual(
      to.packets.map(({ hash }) => hash),
      from.packets.map(({ hash }) => hash),
    );
    shifts.push(assertTimes(from, to, sent.type));
  }
  // One constant for all tracks: what is zero in the output. Sound may be moved to abut: by 5 ms at the most.
  const spread = shifts.length === 0 ? 0 : Math.max(...shifts) - Math.min(...shifts);
  assert.ok(spread <= 0.0075, `shifts ${shifts.join(' ')}`);
  // Pictures that have the packets that were decoded before need not be decoded once more.
  const judged = description.tracks.filter(({ type }) => isFirst || type === 'audio');
  const kinds = judged.map(({ type }) => `0:${type[0]!}`);
  const messages = isFirst ? said : await decodingMessages(outputPath, kinds);
  if (messages.length === 0) return;
  const maps = judged.map(({ id }) => `0:${ids.indexOf(id)}`);
  const ofSource = await decodingMessages(path, maps);
  assert.ok(messages.length <= ofSource.length, `${kind}: ${messages.join('\n')}`);
}

/** Checks that all packets of a track were moved by one constant; gives it. */
function assertTimes(from: ProbedStream, to: ProbedStream, type: string): number {
  const shifts = to.packets
    .map(({ time }, i) => from.packets[i]!.time - time)
    .filter((shift) => !Number.isNaN(shift));
  const [least, most] = [Math.min(...shifts), Math.max(...shifts)];
  // Milliseconds, rounded once in the file and once more by ffprobe where there is a CodecDelay; sound is moved to abut.
  const tolerance = type === 'video' ? 0.0021 : 0.0151;
  assert.ok(most - least <= tolerance, `${type} packets moved by ${least} to ${most} s`);
  return shifts.toSorted((a, b) => a - b)[shifts.length >> 1]!;
}

/** A source that cannot be read twice, and does not know its size, makes the same stream. */
async function assertSameAsStream(path: string, { bytes }: ReadStream): Promise<void> {
  const content = readFileSync(path);
  const pieces = async function* () {
    for (let at = 0; at < content.length; at += 65_521)
      yield Uint8Array.from(content.subarray(at, at + 65_521));
  };
  const streamed = await readStream(openIterable(pieces()), { engine: pool });
  assertSameBytes(streamed.bytes, bytes, 'the stream of a source that is not seekable');
}

/** What is said of a file agrees with what becomes of it. */
async function assertDescribed(path: string, result: ReadStream | SegmintError): Promise<void> {
  if (result instanceof SegmintError) return;
  const tracks = await describedTracks(path);
  for (const { id, action, codecString } of result.description.tracks) {
    const described = tracks.find((track) => track.id === id)!;
    assert.equal(described.action, action);
    if (action === 'copy') assert.equal(described.codecString, codecString);
  }
}

async function describedTracks(path: string) {
  const source = await openFile(path);
  try {
    return (await describeMedia(source, { mayEncodeVideo: false })).tracks;
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

/**
 * A file may be refused when ffmpeg makes nothing of it either, when its pictures are of a codec that is not copied, or
 * when it has sound alone, of such a codec.
 */
function assertRightlyRefused(
  source: readonly ProbedStream[],
  copiedVideo: ReadonlySet<string>,
  copiedAudio?: ReadonlySet<string>,
): void {
  const pictures = source.filter(({ type, isAttachedPicture }) => type === 'video' && !isAttachedPicture);
  const sounds = source.filter(({ type, frames }) => type === 'audio' && frames > 0);
  const wanted = pictures.find(({ frames, codec }) => frames > 0 && copiedVideo.has(codec));
  assert.equal(wanted, undefined, `refused, but ffmpeg decodes ${wanted?.frames} pictures`);
  const heard = sounds.find(({ codec }) => copiedAudio?.has(codec) ?? true);
  assert.ok(pictures.length > 0 || heard === undefined, `refused, but ffmpeg decodes its ${heard?.codec}`);
}
