import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SegmintError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { CORPUS, corpusFiles, reportCorpus } from './support/corpus.js';
import { readText } from './support/read-text.js';
import { missingTools } from './support/tools.js';
import { extractWebvtt, readWebvtt, type ReadCue } from './support/webvtt-cues.js';

// Every text subtitle of the corpus has the cues that ffmpeg reads, at their times; and its segments hold all of them.

const skip = missingTools('the subtitles of the corpus', 'ffmpeg');
const files = corpusFiles(['matroska', 'webm', 'mp4', 'ebml-vectors']);

describe('subtitles of the corpus', { skip }, () => {
  const refusals = new Map<string, string>();
  let compared = 0;
  after(() => {
    reportCorpus(`for its subtitles, of which ${compared} tracks were compared`, files, refusals);
  });

  for (const file of files) {
    it(file, async () => {
      const path = join(CORPUS, file);
      const order = await textTracks(path);
      if (order.length === 0) return;
      let media: SegmentedMedia;
      try {
        media = await openSegmented(await openFile(path));
      } catch (error) {
        if (!(error instanceof SegmintError)) throw error;
        refusals.set(file, error.message);
        return;
      }
      await using opened = media;
      for (const { id, index } of order) {
        const whole = readWebvtt(
          await readText(opened.subtitles!.file(id, 'vtt', { startMs: 0, endMs: Infinity })),
        );
        assertSame(whole, await extractWebvtt(path, index), `${file} ${id}`);
        assert.deepEqual(await joined(opened, id), whole, 'the segments hold other cues than the file');
        compared++;
      }
    });
  }
});

/** The text subtitles of a file, and which of ffmpeg's subtitle streams each is. */
async function textTracks(path: string): Promise<{ id: string; index: number }[]> {
  await using source = await openFile(path);
  try {
    const { tracks, subtitles } = await describeMedia(source);
    const all = tracks.filter(({ type }) => type === 'subtitle').map(({ id }) => `t${id}`);
    return subtitles
      .filter(({ kind }) => kind !== 'bitmap')
      .map(({ id }) => ({ id, index: all.indexOf(id) }));
  } catch (error) {
    if (error instanceof SegmintError) return [];
    throw error;
  }
}

/** The cues of all segments, each once: one that reaches over a cut is in both. */
async function joined(media: SegmentedMedia, id: string): Promise<ReadCue[]> {
  const rendition = media.version === undefined ? id : `${id}-${media.version}`;
  const known = new Map<string, ReadCue>();
  for (let number = 0; number < media.segmentCount(rendition); number++) {
    const { chunks } = await media.segment(rendition, number);
    const segment = readWebvtt(new TextDecoder().decode(chunks[0]));
    for (const cue of segment) known.set(JSON.stringify(cue), cue);
  }
  return [...known.values()].sort((a, b) => a.startMs - b.startMs);
}

/** Compares with what ffmpeg reads: its times are those of the file, which may begin elsewhere than at zero. */
function assertSame(own: readonly ReadCue[], theirs: readonly ReadCue[], what: string): void {
  const shown = theirs.filter(({ text, startMs, endMs }) => text !== '' && endMs > startMs);
  assert.deepEqual(
    own.map(({ text }) => text),
    shown.map(({ text }) => text),
    what,
  );
  // Where the source begins is zero; what begins before that is cut.
  const shift = own.length === 0 ? 0 : own[0]!.endMs - shown[0]!.endMs;
  for (const [n, { startMs, endMs }] of own.entries()) {
    const expected = Math.max(0, shown[n]!.startMs + shift);
    assert.ok(
      Math.abs(startMs - expected) <= 1,
      `${what}: cue ${n} begins at ${startMs}, not ${expected} ms`,
    );
    assert.ok(Math.abs(endMs - shown[n]!.endMs - shift) <= 1, `${what}: cue ${n} ends at ${endMs} ms`);
  }
}
