import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openFile } from '../src/io/file.js';
import type { Source } from '../src/media/source.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { SegmintServer } from './support/segmint-server.js';
import { pipeThrough, readStamps, stampedSource } from './support/stamped-video.js';

// Files as people have them, made by the system's ffmpeg; what is served of them is decoded by it.

/** Pictures from one keyframe to the next. */
const GOP = 60;
const RATE = 25;

interface Cue {
  readonly startMs: number;
  readonly sprite: string;
  readonly crop: string;
  readonly width: number;
  readonly height: number;
}

const ffmpeg = (...args: readonly string[]): void => {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
};
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(GOP), '-sc_threshold', '0'];

function makeFiles(folder: string): void {
  const at = (name: string): string => join(folder, name);
  const stamped = ['-f', 'lavfi', '-t', '12', '-i', stampedSource()];
  ffmpeg(...stamped, ...x264, '-x264-params', 'bframes=3:open-gop=0', at('film.mkv'));
  ffmpeg('-i', at('film.mkv'), '-c', 'copy', at('film.mp4'));
  ffmpeg('-i', at('film.mkv'), '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', at('film.ts'));
  ffmpeg(...stamped, '-c:v', 'mpeg2video', '-g', String(GOP), '-b:v', '2M', at('film.mpg'));
  // A cover is even all over, and of a colour that no film has.
  ffmpeg('-f', 'lavfi', '-i', 'color=0xff00ff:size=600x400', '-frames:v', '1', at('magenta.jpg'));
  ffmpeg(
    ...['-i', at('film.mkv'), '-c', 'copy', '-attach', at('magenta.jpg')],
    ...['-metadata:s:t', 'mimetype=image/jpeg', at('covered.mkv')],
  );
  const both = ['-i', at('film.mp4'), '-i', at('magenta.jpg'), '-map', '0', '-map', '1'];
  ffmpeg(...both, '-c', 'copy', '-disposition:v:1', 'attached_pic', at('covered.mp4'));
  ffmpeg('-f', 'lavfi', '-t', '1', '-i', 'sine', at('song.m4a'));
  ffmpeg(
    ...['-f', 'lavfi', '-t', '4', '-i', 'color=black:size=320x180:rate=25'],
    ...['-f', 'lavfi', '-t', '8', '-i', 'testsrc2=size=320x180:rate=25'],
    ...['-filter_complex', 'concat', ...x264, '-g', '25', at('fade.mkv')],
  );
  ffmpeg(
    ...['-i', at('film.mkv'), '-c', 'copy', '-encryption_scheme', 'cenc-aes-ctr'],
    ...['-encryption_key', '0'.repeat(32), '-encryption_kid', '1'.repeat(32), at('secret.mp4')],
  );
  ffmpeg(
    ...['-f', 'lavfi', '-t', '5', '-i', 'testsrc2=size=640x360:rate=25,noise=alls=40:allf=t'],
    ...[...x264, '-crf', '24', at('rich.mkv')],
  );
  damageKeyframe(at('film.mkv'), 2, at('damaged.mkv'));
  makeMusic(folder);
}

/** Songs, each with a cover of one colour in the way of its kind. */
function makeMusic(folder: string): void {
  const at = (name: string): string => join(folder, name);
  const sine = ['-f', 'lavfi', '-t', '1', '-i', 'sine'];
  const withCover = (cover: string): string[] => [
    ...[...sine, '-i', at(cover), '-map', '0', '-map', '1', '-c:v', 'copy'],
    ...['-disposition:v', 'attached_pic', '-metadata:s:v', 'comment=Cover (front)'],
  ];
  ffmpeg('-f', 'lavfi', '-i', 'color=0x00ff00:size=300x300', '-frames:v', '1', at('green.png'));
  for (const name of ['song.mp3', 'song.flac', 'covered.m4a']) ffmpeg(...withCover('green.png'), at(name));
  const picture = flacPicture(readFileSync(at('green.png')));
  const comment = `METADATA_BLOCK_PICTURE=${picture.toString('base64')}`;
  ffmpeg(...sine, '-metadata:s:a', comment, '-c:a', 'libopus', at('song.opus'));
  // A picture with more behind it than anybody looks at.
  writeFileSync(
    at('oversized.jpg'),
    Buffer.concat([readFileSync(at('magenta.jpg')), Buffer.alloc(17 << 20)]),
  );
  ffmpeg(...withCover('oversized.jpg'), at('large.mp3'));
  // What somebody has laid beside: of a folder, and of a film.
  mkdirSync(at('album/disc'), { recursive: true });
  for (const name of ['album/disc/1.flac', 'album/disc/2.flac']) ffmpeg(...sine, at(name));
  copyFileSync(at('green.png'), at('album/disc/Folder.png'));
  copyFileSync(at('film.mkv'), at('album/film.mkv'));
  copyFileSync(at('film.mkv'), at('album/other.mkv'));
  copyFileSync(at('green.png'), at('album/film-poster.png'));
  writeFileSync(at('album/other.jpg'), Buffer.concat([readFileSync(at('magenta.jpg')).subarray(0, 90)]));
  writeFileSync(at('album/cover.jpg'), readFileSync(at('oversized.jpg')));
  // A film that breaks off before its first picture.
  writeFileSync(at('broken.mkv'), readFileSync(at('film.mkv')).subarray(0, 900));
}

/** A picture as FLAC stores it, and Vorbis comments in base64: RFC 9639, section 8.8. */
function flacPicture(png: Buffer): Buffer {
  const u32 = (...values: readonly number[]): Buffer =>
    Buffer.from(
      values.flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]),
    );
  return Buffer.concat([u32(3, 9), Buffer.from('image/png'), u32(0, 300, 300, 24, 0, png.length), png]);
}

/** Sizes and places of the keyframes of a file. */
function keyframesOf(path: string): (readonly [number, number])[] {
  const entries = ['-select_streams', 'v', '-show_entries', 'packet=pos,size,flags', '-of', 'csv=p=0'];
  const rows = String(execFileSync('ffprobe', ['-v', 'error', ...entries, path]))
    .trim()
    .split('\n');
  return rows
    .filter((row) => row.includes('K'))
    .map((row) => row.split(',').map(Number))
    .map(([size = 0, position = 0]) => [size, position]);
}

/** Overwrites what is in a keyframe, but for the beginning. */
function damageKeyframe(path: string, number: number, target: string): void {
  const [size, position] = keyframesOf(path)[number]!;
  const bytes = readFileSync(path);
  bytes.fill(0xff, position + 8, position + size);
  writeFileSync(target, bytes);
}

function parseCues(text: string): Cue[] {
  const pattern = /^(\d+):(\d+):(\d+)\.(\d+) --> .*\n(thumbnails\/\d+\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;
  return [...text.matchAll(pattern)].map(([, hours, minutes, seconds, ms, sprite, x, y, width, height]) => ({
    startMs: ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms),
    sprite: sprite!,
    crop: `crop=${width}:${height}:${x}:${y}`,
    ...{ width: Number(width), height: Number(height) },
  }));
}

const decodeJpeg = (jpeg: Uint8Array, filter: string, format: string): Promise<Uint8Array> =>
  pipeThrough('ffmpeg', jpeg, [
    ...['-v', 'error', '-f', 'mjpeg', '-i', 'pipe:0', '-vf', filter],
    ...['-f', 'rawvideo', '-pix_fmt', format, 'pipe:1'],
  ]);

describe('posters and thumbnails', () => {
  let folder: string;
  let server: SegmintServer;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-stills-'));
    makeFiles(folder);
    server = await SegmintServer.start([folder]);
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const addressOf = (name: string, path: string): URL =>
    new URL(`m/${Buffer.from(`0/${name}`).toString('base64url')}/${path}`, server.url);
  const fetchBytes = async (url: URL): Promise<Uint8Array> => {
    const response = await fetch(url);
    assert.equal(response.status, 200, `${url.href}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const fetchCues = async (name: string): Promise<{ url: URL; cues: Cue[] }> => {
    const url = addressOf(name, 'thumbnails.vtt');
    return { url, cues: parseCues(new TextDecoder().decode(await fetchBytes(url))) };
  };
  const stampOf = async (url: URL, { sprite, crop, width, height }: Cue): Promise<number> => {
    const grey = await decodeJpeg(await fetchBytes(new URL(sprite, url)), crop, 'gray');
    return readStamps(grey, width, height)[0]!;
  };
  const meanOf = async (url: URL): Promise<number[]> => [
    ...(await decodeJpeg(await fetchBytes(url), 'scale=1:1:flags=area', 'rgb24')),
  ];

  for (const name of ['film.mkv', 'film.mp4', 'film.ts', 'film.mpg']) {
    test(`the thumbnail of a time in ${name} shows the picture of that time`, async () => {
      const { url, cues } = await fetchCues(name);
      assert.equal(cues.length, 5);
      for (const cue of cues) {
        const shown = Math.round((cue.startMs * RATE) / 1000);
        assert.equal(await stampOf(url, cue), shown, `at ${cue.startMs} ms`);
      }
    });
  }

  test('a thumbnail costs the bytes of its keyframe, and little more', async () => {
    const path = join(folder, 'rich.mkv');
    const file = await openFile(path);
    let bytes = 0;
    const counting: Source = {
      ...{ name: file.name, size: file.size, seekable: true, identity: file.identity, isLocal: true },
      read: async (offset, length, options) => {
        bytes += length;
        return await file.read(offset, length, options);
      },
      stream: async function* (offset, options) {
        for await (const chunk of file.stream(offset, options)) {
          bytes += chunk.byteLength;
          yield chunk;
        }
      },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
    const keyframes = keyframesOf(path).map(([size]) => size);
    await using media = await openSegmented(counting);
    bytes = 0;
    await media.thumbnails!.sprite(0, (_kind, work) => work(AbortSignal.timeout(60_000)));
    const needed = keyframes.reduce((sum, size) => sum + size, 0);
    // A local file is read 128 KiB at a time: the keyframe ends anywhere in the last read, and the next is under way by then.
    const most = needed + keyframes.length * (256 << 10);
    assert.ok(bytes <= most, `${bytes} bytes were read, of ${needed} that are needed`);
    assert.ok(file.size! > 2 * most, `${most} of ${file.size}`);
  });

  test('a keyframe that is damaged spoils no other thumbnail', async () => {
    const { url, cues } = await fetchCues('damaged.mkv');
    const shown = cues.map(({ startMs }) => Math.round((startMs * RATE) / 1000));
    const others = shown.filter((stamp) => stamp !== 2 * GOP);
    assert.deepEqual(others, [0, GOP, 3 * GOP, 4 * GOP]);
    for (const [i, cue] of cues.entries()) {
      if (shown[i] !== 2 * GOP) assert.equal(await stampOf(url, cue), shown[i]);
    }
  });

  test('the poster is the cover, where there is one', async () => {
    for (const name of ['covered.mkv', 'covered.mp4']) {
      const [red = 0, green = 0, blue = 0] = await meanOf(addressOf(name, 'poster.jpg?width=320'));
      assert.ok(red > 240 && green < 16 && blue > 240, `${name}: ${red} ${green} ${blue}`);
      const info = (await (await fetch(addressOf(name, 'info.json'))).json()) as Record<string, unknown>;
      assert.deepEqual([info['poster'], info['thumbnails']], ['poster.jpg', 'thumbnails.vtt']);
    }
  });

  const isGreen = async (name: string, path = 'poster.jpg?width=320'): Promise<boolean> => {
    const [red = 255, green = 0, blue = 255] = await meanOf(addressOf(name, path));
    return red < 16 && green > 240 && blue < 16;
  };

  test('the poster of music is its cover, however its kind of file holds it', async () => {
    for (const name of ['song.mp3', 'song.flac', 'covered.m4a', 'song.opus']) {
      assert.ok(await isGreen(name), name);
      const info = (await (await fetch(addressOf(name, 'info.json'))).json()) as Record<string, unknown>;
      assert.deepEqual(
        [info['poster'], info['hasCover'], info['thumbnails']],
        ['poster.jpg', true, undefined],
      );
    }
    const large = await fetch(addressOf('large.mp3', 'poster.jpg'));
    assert.equal(large.status, 404, 'a cover of 17 MiB');
  });

  test('the poster is what somebody has laid beside the file, and of a song what lies in its folder', async () => {
    assert.ok(await isGreen('album/film.mkv'), 'a picture of the film');
    assert.ok(await isGreen('album/disc/2.flac'), 'a picture of the folder');
    // Pictures that are broken or too large are none.
    const own = await meanOf(addressOf('film.mkv', 'poster.jpg?width=320'));
    assert.deepEqual(await meanOf(addressOf('album/other.mkv', 'poster.jpg?width=320')), own);
    const { folders } = (await (await fetch(new URL('library.json', server.url))).json()) as {
      folders: readonly { path: string; picture: string }[];
    };
    assert.deepEqual(
      folders.map(({ path }) => path),
      ['album', 'album/disc'],
    );
    const pictureOf = (index: number): URL =>
      new URL(`library/pictures/${folders[index]!.picture}`, server.url);
    const [, green = 0] = await meanOf(pictureOf(1));
    assert.ok(green > 240);
    assert.equal((await fetch(pictureOf(0))).status, 422, 'a picture of 17 MiB');
    const absent = await fetch(new URL('?absent=empty', pictureOf(0)));
    assert.deepEqual([absent.status, await absent.text()], [204, '']);
  });

  test('that there is no poster is an error, unless whoever asks wants to hear nothing then', async () => {
    for (const [name, status] of [
      ['song.m4a', 404],
      ['broken.mkv', 404],
      ['secret.mp4', 415],
    ] as const) {
      assert.equal((await fetch(addressOf(name, 'poster.jpg'))).status, status, name);
      const empty = await fetch(addressOf(name, 'poster.jpg?absent=empty'));
      assert.deepEqual(
        [empty.status, empty.headers.get('cache-control'), await empty.text()],
        [204, 'no-store', ''],
      );
    }
    assert.equal((await fetch(addressOf('film.mkv', 'poster.jpg?absent=empty'))).status, 200);
    assert.equal((await fetch(addressOf('nothing.mkv', 'poster.jpg?absent=empty'))).status, 404);
    assert.equal((await fetch(addressOf('film.mkv', 'poster.jpg?absent=please'))).status, 400);
  });

  test('the poster of a film that begins in the dark is a picture behind that', async () => {
    const [red = 0, green = 0, blue = 0] = await meanOf(addressOf('fade.mkv', 'poster.jpg'));
    assert.ok(red + green + blue > 150, `${red} ${green} ${blue}`);
  });

  test('pictures are asked for again with their tags, and in the sizes that there are', async () => {
    for (const path of ['poster.jpg?width=320', 'thumbnails.vtt', 'thumbnails/0.jpg']) {
      const url = addressOf('film.mkv', path);
      const first = await fetch(url);
      const tag = first.headers.get('etag') ?? '';
      assert.ok(first.ok && tag !== '', path);
      const size = (await first.arrayBuffer()).byteLength;
      const again = await fetch(url, { headers: { 'if-none-match': tag } });
      assert.equal(again.status, 304, path);
      const head = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } });
      assert.equal(head.headers.get('content-length'), String(size), path);
    }
    assert.equal((await fetch(addressOf('film.mkv', 'poster.jpg?width=333'))).status, 400);
    assert.equal((await fetch(addressOf('film.mkv', 'thumbnails/1.jpg'))).status, 404);
    assert.equal((await fetch(addressOf('film.mkv', 'thumbnails/x.jpg'))).status, 404);
  });

  test('a file without pictures says so, and one that is encrypted too', async () => {
    for (const path of ['poster.jpg', 'thumbnails.vtt', 'thumbnails/0.jpg']) {
      const response = await fetch(addressOf('song.m4a', path));
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /no video/, path);
      const secret = await fetch(addressOf('secret.mp4', path));
      assert.equal(secret.status, 415, path);
      assert.match(await secret.text(), /encrypted/, path);
    }
    const info = (await (await fetch(addressOf('song.m4a', 'info.json'))).json()) as Record<string, unknown>;
    assert.deepEqual([info['poster'], info['thumbnails']], [undefined, undefined]);
  });
});
