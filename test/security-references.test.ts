/**
 * Files that name other files or addresses, for each kind of container that can: none of them is followed, by us or by
 * libavformat, whatever the file is called.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWithLibav } from '../src/engine/demux/libav-demuxer.js';
import { MalformedMediaError, SourceError, UnsupportedMediaError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openFile } from '../src/io/file.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { readBoxes, type Mp4Box } from './support/mp4-boxes.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('making files that name others', 'ffmpeg');

describe('a file that names others', { skip, timeout: 300_000 }, () => {
  let folder = '';
  let trap: Server;
  let callers = 0;
  let address = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-references-'));
    const picture = '-f lavfi -i testsrc2=size=160x90:rate=25:duration=2 -c:v libx264 -preset ultrafast';
    execFileSync('ffmpeg', `-v error ${picture} ${folder}/secret.ts`.split(' '));
    execFileSync('ffmpeg', `-v error -i ${folder}/secret.ts -c copy ${folder}/secret.mov`.split(' '));
    trap = createServer((socket) => {
      callers += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    address = `127.0.0.1:${(trap.address() as AddressInfo).port}`;
  });
  after(() => {
    trap.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Each with what it is made of, given the address of something that it must not read. */
  const LISTS: Readonly<Record<string, (target: string) => string>> = {
    'an HLS playlist': (target) =>
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`,
    'an HLS key': (target) =>
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI="${target}"\n#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`,
    'a list to join': (target) => `ffconcat version 1.0\nfile '${target}'\n`,
    'a DASH manifest': (target) =>
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S" minBufferTime="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    'an IMF playlist': (target) =>
      `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:${target}</Id></CompositionPlaylist>`,
    'a session description': () =>
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${address.split(':')[1]!} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    'an RTSP redirection': (target) => `[Reference]\nRef1=${target}\nrtsptext\nrtsp://${address}/x\n`,
    'an index of VobSub': (target) => `# VobSub index file, v7 (do not modify this line!)\n# ${target}\n`,
    'a WebM DASH manifest': (target) => `<?xml version="1.0"?><MPD><BaseURL>${target}</BaseURL></MPD>`,
    'a Smooth Streaming manifest': (target) =>
      `<?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2" Url="${target}"></SmoothStreamingMedia>`,
  };

  it('a folder that becomes a link to another, between the look at a file and its opening, leads nowhere', async () => {
    const [inside, outside] = [join(folder, 'inside'), join(folder, 'outside')];
    for (const each of [inside, outside]) {
      mkdirSync(each);
      copyFileSync(join(folder, 'secret.ts'), join(each, 'film.ts'));
    }
    await using source = await openFile(join(inside, 'film.ts'), { within: realpathSync(inside) });
    renameSync(inside, join(folder, 'was-inside'));
    symlinkSync(outside, inside);
    await assert.rejects(openWithLibav(source, { path: source.path }), SourceError);
    rmSync(inside);
    renameSync(join(folder, 'was-inside'), inside);
    await using demuxer = await openWithLibav(source, { path: source.path });
    assert.equal(demuxer.info.tracks.length, 1);
  });

  for (const [what, write] of Object.entries(LISTS)) {
    it(`${what} is no media, under the name of any`, async () => {
      // Names by whose ending libavformat takes a guess, and one that it is not told.
      for (const [target, extension] of [
        [`http://${address}/x.ts`, 'mp3'],
        [join(folder, 'secret.ts'), 'ts'],
      ] as const) {
        const path = join(folder, `film.${extension}`);
        writeFileSync(path, write(target));
        await using source = await openFile(path);
        await assert.rejects(describeMedia(source), isNoMedia, `${target} in ${extension}`);
      }
      await using bytes = openBytes(new TextEncoder().encode(write(`http://${address}/x.ts`)));
      await assert.rejects(describeMedia(bytes), isNoMedia, 'through the gateway');
      assert.equal(callers, 0);
    });
  }

  it('a QuickTime film whose media are elsewhere has no media', async () => {
    const whole = readFileSync(join(folder, 'secret.mov'));
    for (const target of [`http://${address}/x.mov`, `file://${folder}/secret.mov`, 'secret.mov']) {
      for (const reference of [urlReference(target), aliasOf(join(folder, 'secret.mov'))]) {
        const path = join(folder, 'elsewhere.mov');
        writeFileSync(path, withReference(whole, reference));
        await using source = await openFile(path);
        assert.deepEqual((await describeMedia(source)).tracks, [], target);
        // Our own reader takes such files; were it ever to leave one to libavformat, that must not follow either.
        const opened = await openWithLibav(source, { path: source.path }).catch(() => undefined);
        assert.ok(!(await givesMedia(opened)), `libavformat, ${target}`);
        await opened?.close();
      }
    }
    assert.equal(callers, 0);
  });
});

function isNoMedia(error: unknown): boolean {
  return error instanceof UnsupportedMediaError || error instanceof MalformedMediaError;
}

/** Whether any sample is of other bytes than the zeros that stand in the file. */
async function givesMedia(demuxer: Awaited<ReturnType<typeof openWithLibav>> | undefined): Promise<boolean> {
  if (demuxer === undefined) return false;
  try {
    for await (const batch of demuxer.samples()) {
      if (batch.some(({ data }) => data.some((byte) => byte !== 0))) return true;
    }
  } catch {
    // It cannot be read, which is as good.
  }
  return false;
}

/** A data reference to a URL: ISO/IEC 14496-12, section 8.7.2. */
function urlReference(target: string): Buffer {
  return boxOf('url ', Buffer.from([0, 0, 0, 0]), Buffer.from(`${target}\0`));
}

/** A data reference of QuickTime: an alias record of the Macintosh, with the path as FFmpeg looks for it. */
function aliasOf(path: string): Buffer {
  const head = Buffer.alloc(150);
  head.writeUInt16BE(2, 6);
  const body = Buffer.from(path);
  const entry = Buffer.alloc(4);
  entry.writeInt16BE(18, 0);
  entry.writeInt16BE(body.length, 2);
  const end = Buffer.from([0xff, 0xff, 0, 0]);
  return boxOf('alis', Buffer.from([0, 0, 0, 0]), head, entry, body, end);
}

function boxOf(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

const PARENTS = ['moov', 'trak', 'mdia', 'minf', 'dinf'];

/** The same film with another data reference, and zeros for media; its tables stand behind the media, so that no offset changes. */
function withReference(film: Uint8Array, reference: Uint8Array): Buffer {
  const rebuild = ({ type, bytes, children }: Mp4Box): Buffer => {
    if (type === 'mdat') return boxOf(type, Buffer.alloc(bytes.length - 8));
    if (type === 'dref') return boxOf(type, Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), reference);
    return PARENTS.includes(type) ? boxOf(type, ...children.map(rebuild)) : Buffer.from(bytes);
  };
  return Buffer.concat(readBoxes(film).map(rebuild));
}
