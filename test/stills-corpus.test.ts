/**
 * Real files of many makers, where the folder that holds them is there: of each there is a poster, or one sentence why there is
 * none; and there is one of whatever ffmpeg finds a picture in.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { SegmintError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { makePoster } from '../src/pipelines/stills/poster.js';
import { assertSentence, CORPUS, corpusFiles, reportCorpus } from './support/corpus.js';
import { pipeThrough } from './support/stamped-video.js';

/** Files that ffmpeg gets a picture out of, and why there is no poster of them. */
const WITHOUT: ReadonlyMap<string, RegExp> = new Map([
  ['mp4/short-cenc.mp4', /encrypted/],
  // Uncompressed pictures of two pixels in a format that it leaves to be guessed.
  ['ebml-vectors/MULTIPLE-EBML-HEADER.mkv', /does not accept the track's configuration/],
  // Its only block ends behind its Cluster.
  ['ebml-vectors/block_ends_beyond_cluster.mkv', /No picture of this file can be decoded/],
]);

describe('posters of the corpus', () => {
  let engine: EnginePool;
  const refusals = new Map<string, string>();
  const files = corpusFiles();
  before(() => {
    engine = createEnginePool({ size: 1, videoEncoder: 'software' });
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    reportCorpus('as posters', files, refusals);
  });

  for (const file of files) {
    it(file, async () => {
      const path = join(CORPUS, file);
      const jpeg = await posterOf(path);
      if (jpeg instanceof SegmintError) {
        assertSentence(jpeg.message);
        refusals.set(file, jpeg.message);
        const reason = WITHOUT.get(file);
        if (reason === undefined) assert.equal(countPictures(path), 0, jpeg.message);
        else assert.match(jpeg.message, reason);
        return;
      }
      const format = [
        '-v',
        'error',
        '-f',
        'mjpeg',
        '-i',
        'pipe:0',
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        'pipe:1',
      ];
      assert.ok((await pipeThrough('ffmpeg', jpeg, format)).byteLength > 0);
    });
  }

  async function posterOf(path: string): Promise<Uint8Array | SegmintError> {
    await using source = await openFile(path);
    try {
      const signal = AbortSignal.timeout(60_000);
      return await makePoster(source, { engine, width: 320, turn: (_kind, work) => work(signal) });
    } catch (error) {
      if (error instanceof SegmintError) return error;
      throw error;
    }
  }
});

/** Pictures that ffmpeg decodes of the beginning of a file, covers aside. */
function countPictures(path: string): number {
  try {
    const args = ['-nostdin', '-v', 'quiet', '-t', '5', '-i', path, '-map', '0:V:0', '-frames:v', '1'];
    const output = execFileSync(
      'ffmpeg',
      [...args, '-s', '16x16', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    return output.byteLength / 256;
  } catch {
    return 0;
  }
}
