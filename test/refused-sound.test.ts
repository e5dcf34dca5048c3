/** A film whose sound no decoder takes plays: without it, or with another track of it, and says why. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { UnsupportedMediaError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openFile } from '../src/io/file.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { browserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sound that decoders refuse', 'ffmpeg', 'ffprobe');
const REASON = /^the decoder for A_VORBIS does not accept the track's configuration/;
const isRefusal = (error: unknown): boolean =>
  error instanceof UnsupportedMediaError &&
  error.message.includes('the decoder for A_VORBIS does not accept');

describe('sound that its decoder refuses', { skip, timeout: 120_000 }, () => {
  const place = useEngineFolder();

  /** A film, or sound alone, whose first audio track is Vorbis with ruined codebooks. */
  function make(name: string, maps: readonly string[], codecs: readonly string[]): string {
    const path = place.fileOf(name);
    const sines = [440, 880].flatMap((hz) => ['-f', 'lavfi', '-i', `sine=f=${hz}:d=3`]);
    const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p'];
    // prettier-ignore
    execFileSync('ffmpeg', [
      '-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=25:d=3', ...sines,
      ...maps.flatMap((map) => ['-map', map]), ...video, ...codecs, path,
    ]);
    const bytes = readFileSync(path);
    const setup = bytes.indexOf('\x05vorbis', 0, 'latin1');
    assert.ok(setup > 0);
    bytes.fill(0xff, setup + 7, setup + 200);
    writeFileSync(path, bytes);
    assert.throws(() =>
      execFileSync(
        'ffmpeg',
        ['-nostdin', '-v', 'error', '-xerror', '-i', path, '-map', '0:a:0', '-f', 'null', '-'],
        {
          stdio: 'ignore',
        },
      ),
    );
    return path;
  }

  function kindsOf(bytes: Uint8Array): string[] {
    const path = place.fileOf('out.mp4');
    writeFileSync(path, bytes);
    const shown = ['-v', 'error', '-show_entries', 'stream=codec_type,duration', '-of', 'csv=p=0', path];
    return execFileSync('ffprobe', shown, { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.split(',')[0]!);
  }

  let alone: string;
  let beside: string;
  let soundOnly: string;
  before(() => {
    alone = make('alone.mkv', ['0', '1'], ['-c:a', 'libvorbis']);
    beside = make('beside.mkv', ['0', '1', '2'], ['-c:a:0', 'libvorbis', '-c:a:1', 'aac']);
    soundOnly = make('sound.mka', ['1'], ['-c:a', 'libvorbis']);
  });

  it('is left out of a stream, and the reason said', async () => {
    const { bytes, description } = await readUniversal(await openFile(alone), { engine: place.engine });
    assert.deepEqual(kindsOf(bytes), ['video']);
    assert.deepEqual(
      description.leftOut.map(({ id, type }) => ({ id, type })),
      [{ id: 2, type: 'audio' }],
    );
    assert.match(description.leftOut[0]!.reason, REASON);
  });

  it('is left out of a stream that cannot be read again from its beginning', async () => {
    const source = Object.assign(openBytes(readFileSync(alone)), { seekable: false });
    const { bytes } = await readUniversal(source, { engine: place.engine });
    assert.deepEqual(kindsOf(bytes), ['video']);
  });

  it('gives way to a track that can be decoded', async () => {
    for (const startMs of [0, 1500]) {
      const options = { engine: place.engine, startMs };
      const { bytes, description } = await readUniversal(await openFile(beside), options);
      assert.deepEqual(kindsOf(bytes).toSorted(), ['audio', 'video']);
      assert.deepEqual(
        description.tracks.map(({ id }) => id),
        [1, 3],
      );
      assert.match(description.leftOut[0]!.reason, REASON);
    }
  });

  it('is an error where it was asked for, or is all there is', async () => {
    const asked = { engine: place.engine, audioTrack: 2 };
    await assert.rejects(readUniversal(await openFile(beside), asked), isRefusal);
    await assert.rejects(readUniversal(await openFile(soundOnly), { engine: place.engine }), isRefusal);
    await using media = await openSegmented(await openFile(soundOnly), { engine: place.engine });
    assert.throws(() => media.masterPlaylist(browserTarget), isRefusal);
  });

  it('is not offered in segments', async () => {
    for (const { path, offered } of [
      { path: alone, offered: [1] },
      { path: beside, offered: [1, 3] },
    ]) {
      await using media = await openSegmented(await openFile(path), { engine: place.engine });
      const { renditions } = media.describe({ ...browserTarget, ladder: 'none' });
      assert.deepEqual(
        renditions.map(({ trackId }) => trackId),
        offered,
      );
      assert.equal(media.masterPlaylist(browserTarget).includes('mp4a'), offered.length > 1);
      for (const { id } of renditions) assert.ok((await media.segment(id, 0)).byteLength > 0);
      const refused = renditions[0]!.id.replace(/^v1/, 'a2-aac');
      assert.throws(() => media.mediaPlaylist(refused), /There is no such rendition/);
    }
  });

  it('is described as left out', async () => {
    await using source = await openFile(beside);
    const { tracks } = await describeMedia(source, { engine: place.engine });
    assert.deepEqual(
      tracks.map(({ action }) => action),
      ['copy', 'drop', 'copy'],
    );
    assert.match(tracks[1]!.reason, REASON);
  });
});
