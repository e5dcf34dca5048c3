import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import HLS from 'hls-parser';
import { parse, type ParsedManifest, type ParsedPlaylist } from 'mpd-parser';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { PlayerRequest, SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { probe } from './support/ffmpeg.js';
import { fixturePath, PICTURES, SOUNDS, type Fixture } from './support/fixtures.js';
import { joinBytes } from './support/read-stream.js';
import { SegmintServer } from './support/segmint-server.js';
import { joinSegments } from './support/segment-bytes.js';
import { missingTools } from './support/tools.js';
import { VIDEO_SOURCES, videoSourcePath } from './support/video-sources.js';

// The manifest of real films, read by the parser of Video.js: the segments are those of HLS, and hold what it says. ffprobe
// tells what they hold, and ffmpeg plays it over HTTP.

const skip = missingTools('DASH', 'ffmpeg', 'ffprobe');

const PLAYER: PlayerRequest = {
  video: new Set(['h264', 'hevc', 'vp9']),
  audio: new Set(['aac']),
  ladder: 'all',
};

const FILM: Fixture = {
  name: 'hls-h264-three-sounds',
  spec: {
    durationMs: 20_000,
    video: [PICTURES.h264],
    audio: [
      { ...SOUNDS.eac3, language: 'eng' },
      { ...SOUNDS.aac, language: 'ger', startMs: 700 },
      { ...SOUNDS.flac, language: 'fra' },
    ],
  },
};
const SOUND_ALONE: Fixture = { name: 'hls-sound-alone', spec: { durationMs: 20_000, audio: [SOUNDS.ac3] } };

/** Pictures that lead the first one of an open group are shown before the time that the index has for it. */
const KINDS = ['h264-23976', 'h264-late', 'hevc-opengop'];

describe('DASH of real films', { skip }, () => {
  let engine: EnginePool;
  let scratch: string;
  const films: string[] = [];

  before(async () => {
    engine = createEnginePool();
    scratch = mkdtempSync(join(tmpdir(), 'segmint-dash-'));
    films.push(await fixturePath(engine, FILM), await fixturePath(engine, SOUND_ALONE));
    for (const source of VIDEO_SOURCES) if (KINDS.includes(source.name)) films.push(videoSourcePath(source));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true });
  });

  it('lists the renditions and segments of HLS, at the same times', async () => {
    for (const film of films) {
      await using media = await openSegmented(await openFile(film), { engine });
      const listed = representationsOf(media);
      const { renditions } = media.describe(PLAYER);
      assert.deepEqual([...listed.keys()].sort(), renditions.map(({ id }) => id).sort(), film);
      for (const [id, { segments }] of listed) {
        const playlist = HLS.parse(media.mediaPlaylist(id)) as HLS.types.MediaPlaylist;
        let time = 0;
        assert.equal(segments.length, playlist.segments.length);
        for (const [n, { uri, duration }] of playlist.segments.entries()) {
          const segment = segments[n]!;
          assert.equal(segment.uri, `${id}/${uri}`);
          assert.equal(segment.map.uri, `${id}/${playlist.segments[0]!.map.uri}`);
          assert.ok(Math.abs(segment.presentationTime - time) < 1e-6, `${film} ${segment.uri}`);
          time += duration;
        }
      }
    }
  });

  it('says of each segment when it begins and ends, as ffprobe finds it', async () => {
    for (const film of films) {
      await using media = await openSegmented(await openFile(film), { engine });
      for (const [id, { segments }] of representationsOf(media)) {
        const init = joinBytes((await media.initSegment(id)).chunks);
        for (const [n, { presentationTime: start, duration }] of segments.entries()) {
          const path = join(scratch, 'segment.mp4');
          writeFileSync(path, joinSegments(init, [joinBytes((await media.segment(id, n)).chunks)]));
          const [stream] = await probe(path, false);
          const times = stream!.packets.map(({ time }) => time);
          const [first, last] = [Math.min(...times), Math.max(...times)];
          const what = `${basename(film)} ${id} ${n}: ${first} to ${last}, said ${start} and ${duration}`;
          const leads = film.includes('opengop') ? 0.2 : 1e-6;
          // What comes late begins within the first segment.
          assert.ok(first - start > -leads && (n === 0 || first - start < 1e-6 || leads > 0.1), what);
          assert.ok(last < start + duration + 1e-6 && last > start + duration - 0.1 - leads, what);
        }
      }
    }
  });

  it('is played by ffmpeg over HTTP without a word, every picture of it', async () => {
    const [film] = films as [string];
    const server = await SegmintServer.start([film], '--store', 'memory');
    try {
      const short = new URL(`/manifest.mpd?src=${basename(film)}&ladder=none`, server.url);
      // ffmpeg itself takes the segments of a manifest to be beside the address that it asked for, wherever that led.
      const { url } = await fetch(short, { method: 'HEAD' });
      const args = ['-nostdin', '-v', 'warning', '-stats', '-i', url, '-map', '0', '-f', 'null', '-'];
      const { stderr } = await promisify(execFile)('ffmpeg', args);
      const lines = stderr.split(/[\r\n]+/).filter((line) => line !== '');
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('frame=')),
        [],
      );
      const [video] = await probe(film);
      assert.equal(Number(/^frame=\s*(\d+)/.exec(lines.at(-1)!)?.[1]), video!.frames);
    } finally {
      await server.stop();
    }
  });
});

/** All representations of a manifest, by their names. */
function representationsOf(media: SegmentedMedia): ReadonlyMap<string, ParsedPlaylist> {
  const manifest: ParsedManifest = parse(media.manifest(PLAYER), {
    manifestUri: 'http://localhost/manifest.mpd',
    eventHandler: ({ type, message }) => assert.fail(`${type}: ${message}`),
  });
  const audio = Object.values(manifest.mediaGroups.AUDIO.audio ?? {}).flatMap(({ playlists }) => playlists);
  return new Map([...manifest.playlists, ...audio].map((one) => [one.attributes.NAME, one]));
}
