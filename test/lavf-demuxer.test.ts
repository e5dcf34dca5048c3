/**
 * Containers that libavformat reads, made here by ffmpeg: that they are read as they are, by path and through the gateway,
 * from the beginning and from anywhere; that clocks which jump go on; and that what goes wrong stays where it is.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWithLibav, type LibavDemuxer, type LibavOptions } from '../src/engine/demux/libav-demuxer.js';
import { EngineError, RequestError, SourceError, UnsupportedMediaError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import type { Sample } from '../src/media/sample.js';
import type { Source } from '../src/media/source.js';
import { HostileSource } from './support/hostile-source.js';
import { collect } from './support/samples.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('demuxing with libavformat', 'ffmpeg');

describe('a container that libavformat reads', { skip, timeout: 300_000 }, () => {
  let folder = '';
  const fileOf = (name: string): string => join(folder, name);
  const bytesOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(fileOf(name)));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-lavf-'));
    const picture = '-f lavfi -i testsrc2=size=160x90:rate=25:duration=6';
    const sound = '-f lavfi -i sine=frequency=440:duration=6';
    const h264 = '-c:v libx264 -preset veryfast -bf 2 -g 25 -sc_threshold 0 -c:a aac';
    make(`${picture} ${sound} ${h264}`, fileOf('a.ts'));
    make(`-i ${fileOf('a.ts')} -c copy -copyts -output_ts_offset 50000`, fileOf('b.ts'));
    make(`-i ${fileOf('a.ts')} -c copy -copyts -output_ts_offset 95442`, fileOf('wrap.ts'));
    make(`${picture} ${sound} ${h264}`, fileOf('a.flv'));
    make(`${picture} ${sound} -c:v mpeg4 -g 25 -bf 0 -c:a mp3`, fileOf('a.avi'));
    const [a, b] = [bytesOf('a.ts'), bytesOf('b.ts')];
    writeFileSync(fileOf('joined.ts'), Buffer.concat([a, b, a]));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  async function withDemuxer<T>(
    source: Source,
    options: LibavOptions,
    use: (demuxer: LibavDemuxer) => Promise<T>,
  ): Promise<T> {
    let demuxer: LibavDemuxer | undefined;
    try {
      demuxer = await openWithLibav(source, options);
      return await use(demuxer);
    } finally {
      await demuxer?.close();
      assert.deepEqual(demuxer?.pids ?? [], []);
      await source[Symbol.asyncDispose]();
    }
  }

  async function withFile<T>(name: string, use: (demuxer: LibavDemuxer) => Promise<T>): Promise<T> {
    const source = await openFile(fileOf(name));
    return await withDemuxer(source, { path: source.path }, use);
  }

  it('is described', async () => {
    await withFile('a.ts', async ({ info }) => {
      assert.equal(info.container, 'mpegts');
      const [video, audio] = info.tracks;
      assert.ok(video?.type === 'video' && audio?.type === 'audio');
      assert.deepEqual(
        [video.id, video.codec, video.timescale, video.width, video.height, video.defaultDuration],
        [256, 'h264', 90_000, 160, 90, 3600],
      );
      assert.deepEqual([audio.id, audio.codec, audio.sampleRate, audio.channels], [257, 'aac', 44_100, 1]);
      assert.ok(Math.abs(info.durationNs! - 6e9) < 0.1e9);
      await Promise.resolve();
    });
    await withFile('a.flv', async ({ info }) => {
      // Milliseconds, of which the frames' real times are found again.
      const [video] = info.tracks;
      assert.deepEqual([video?.timescale, video?.timePrecision, video?.defaultDuration], [1e9, 1e6, 40e6]);
      await Promise.resolve();
    });
  });

  it('has its chapters', async () => {
    const texts = ['00:00:00.000', 'Ouvertüre "1"', '00:00:01.500', 'Zwei <b>'];
    const comments = texts.flatMap((text, i) => {
      const number = `CHAPTER00${(i >> 1) + 1}`;
      return ['-metadata', `${number}${i % 2 === 0 ? '' : 'NAME'}=${text}`];
    });
    const sound = '-f lavfi -i sine=duration=3 -c:a libvorbis'.split(' ');
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...sound, ...comments, fileOf('chapters.ogg')]);
    make(`-i ${fileOf('chapters.ogg')} -c:a wmav2`, fileOf('chapters.wma'));
    for (const name of ['chapters.ogg', 'chapters.wma']) {
      const probe = ['-v', 'error', '-show_chapters', '-of', 'json', fileOf(name)];
      const { chapters } = JSON.parse(execFileSync('ffprobe', probe, { encoding: 'utf8' })) as {
        chapters: { start_time: string; end_time: string; tags: { title: string } }[];
      };
      assert.equal(chapters.length, 2);
      await withFile(name, async ({ info }) => {
        assert.deepEqual(
          info.chapters,
          chapters.map(({ start_time, end_time, tags: { title } }) => ({
            startNs: Number(start_time) * 1e9,
            endNs: Number(end_time) * 1e9,
            titles: [{ language: 'und', title }],
          })),
        );
        await Promise.resolve();
      });
    }
  });

  it('is read alike by path, through the gateway and as a stream', async () => {
    for (const name of ['a.ts', 'a.flv', 'a.avi']) {
      const byPath = await withFile(name, (demuxer) => collect(demuxer));
      const sources = [openBytes(bytesOf(name)), openIterable(pieces(bytesOf(name)))];
      for (const source of sources) {
        const samples = await withDemuxer(source, {}, (demuxer) => collect(demuxer));
        assert.deepEqual(samples.map(content), byPath.map(content), name);
        // libavformat rounds the first times that it derives another way when it cannot look at the end.
        const late = samples.map(({ presentationTime }, i) => presentationTime - byPath[i]!.presentationTime);
        assert.ok(
          late.every((ticks) => Math.abs(ticks) <= 20),
          name,
        );
      }
    }
  });

  it('is begun at a place or a time with the same samples, by any process that knows the scan', async () => {
    for (const name of ['a.ts', 'a.flv', 'a.avi', 'joined.ts']) {
      const [all, scan] = await withFile(name, async (demuxer) => {
        const track = demuxer.info.tracks.find(({ type }) => type === 'video')!;
        const found = await demuxer.scanKeyframes(track.id);
        return [await collect(demuxer), found] as const;
      });
      assert.ok(scan.isComplete && scan.keyframes.length > 5);
      for (const known of [scan, undefined]) {
        const source = await openFile(fileOf(name));
        await withDemuxer(source, { path: fileOf(name), scan: known }, async (demuxer) => {
          const track = demuxer.info.tracks.find(({ id }) => id === scan.trackId)!;
          for (const { offset, timeNs } of [scan.keyframes[3]!, scan.keyframes.at(-1)!]) {
            // A place behind a jump of the clock says nothing of its time.
            if (known === undefined && name === 'joined.ts') continue;
            const behind = await collect(demuxer, { startOffset: offset, seekTrackId: track.id });
            assert.deepEqual(
              behind.map(whole),
              all.filter((sample) => sample.offset >= offset).map(whole),
              `${name} from ${offset}`,
            );
            const from = await collect(demuxer, { startNs: timeNs, seekTrackId: track.id });
            const first = from.find(({ trackId, isSync }) => trackId === track.id && isSync)!;
            assert.ok((first.presentationTime / track.timescale) * 1e9 <= timeNs + 1000);
          }
        });
      }
    }
  });

  it('is begun at a time that nothing is known of', async () => {
    await withFile('a.ts', async (demuxer) => {
      const all = await collect(demuxer);
      const syncs = all.filter(({ trackId, isSync }) => trackId === 256 && isSync);
      const wanted = syncs[3]!;
      const startNs = Math.ceil((wanted.presentationTime / 90_000) * 1e9) + 500e6;
      const [first] = await collect(demuxer, { startNs, seekTrackId: 256, trackIds: new Set([256]) });
      assert.deepEqual(whole(first!), whole(wanted));
    });
  });

  it('goes on where its clock jumps, sound and picture together', async () => {
    await withFile('joined.ts', async (demuxer) => {
      const samples = await collect(demuxer);
      const distances: number[] = [];
      for (const id of [256, 257]) {
        const times = samples.filter(({ trackId }) => trackId === id).map(({ decodeTime }) => decodeTime!);
        for (let i = 1; i < times.length; i++) {
          const step = (times[i]! - times[i - 1]!) / 90_000;
          assert.ok(step > 0 && step < 0.25, `a step of ${step} s`);
        }
        assert.ok(Math.abs((times.at(-1)! - times[0]!) / 90_000 - 18) < 0.5);
      }
      const [single, joined] = [await withFile('a.ts', (one) => collect(one)), samples];
      const perPart = single.length;
      for (const part of [0, 1, 2]) {
        const begin = joined.slice(part * perPart, (part + 1) * perPart);
        const video = begin.find(({ trackId }) => trackId === 256)!.presentationTime;
        distances.push(begin.find(({ trackId }) => trackId === 257)!.presentationTime - video);
      }
      assert.deepEqual(distances, [distances[0], distances[0], distances[0]]);
    });
  });

  it('goes on where its counter begins anew', async () => {
    await withFile('wrap.ts', async (demuxer) => {
      const wrapped = await collect(demuxer);
      const plain = await withFile('a.ts', (one) => collect(one));
      const steps = (samples: readonly Sample[]): number[] =>
        samples.map(({ presentationTime }) => presentationTime - samples[0]!.presentationTime);
      const [ours, theirs] = [steps(wrapped), steps(plain)];
      assert.equal(ours.length, theirs.length);
      // Times between those that are stated are rounded another way.
      assert.ok(ours.every((step, i) => Math.abs(step - theirs[i]!) <= 2));
    });
  });

  it('leads to no other file', async () => {
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n${fileOf('a.ts')}\n#EXT-X-ENDLIST\n`;
    const list = `ffconcat version 1.0\nfile '${fileOf('a.ts')}'\n`;
    for (const [name, text] of [
      ['list.m3u8', playlist],
      ['list.ffconcat', list],
      ['text.ts', 'Nothing that could be played. '.repeat(100)],
      ['empty.avi', ''],
    ] as const) {
      writeFileSync(fileOf(name), text);
      await assert.rejects(
        withFile(name, () => Promise.resolve()),
        (error) => error instanceof UnsupportedMediaError,
        name,
      );
    }
  });

  it('fails for its own reader alone when a process is killed', async () => {
    await withDemuxer(openBytes(endless(bytesOf('a.ts'), 40)), {}, async (demuxer) => {
      const expected = (await collect(demuxer)).length;
      const victim = demuxer.samples()[Symbol.asyncIterator]();
      await victim.next();
      const [pid] = demuxer.pids;
      const other = demuxer.samples()[Symbol.asyncIterator]();
      const begun: IteratorResult<readonly Sample[], unknown> = await other.next();
      let count = begun.done === true ? 0 : begun.value.length;
      process.kill(pid!, 'SIGKILL');
      await assert.rejects(
        async () => {
          while ((await victim.next()).done !== true);
        },
        (error) => error instanceof EngineError && error.message.includes('SIGKILL'),
      );
      for (;;) {
        const next: IteratorResult<readonly Sample[], unknown> = await other.next();
        if (next.done === true) break;
        count += next.value.length;
      }
      assert.equal(count, expected);
      assert.equal((await collect(demuxer)).length, expected);
    });
  });

  it('fails with the reason of its source', async () => {
    const bytes = endless(bytesOf('a.ts'), 20);
    const source = new HostileSource(bytes, { failsAt: bytes.length / 2, chunkBytes: 60_000 });
    await assert.rejects(
      withDemuxer(source, {}, (demuxer) => collect(demuxer)),
      (error) => error instanceof SourceError && error.message.includes('connection was lost'),
    );
    assert.equal(source.openStreams, 0);
  });

  it('is live: read as it comes, once, and left within a moment', async () => {
    const part = bytesOf('a.ts');
    let closed = 0;
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; i < 4; i++) yield part.slice();
        // Then the line falls silent, and never ends.
        await new Promise(() => undefined);
      } finally {
        closed++;
      }
    };
    const leaving = new AbortController();
    const source = openIterable(stream());
    const pids = await withDemuxer(source, {}, async (demuxer) => {
      const used = demuxer.pids;
      let count = 0;
      await assert.rejects(async () => {
        for await (const batch of demuxer.samples({ signal: leaving.signal })) {
          count += batch.length;
          // What the parsers keep back comes with what follows.
          if (count > 900) leaving.abort(new Error('enough'));
        }
      }, /enough/);
      await assert.rejects(collect(demuxer), RequestError);
      return used;
    });
    for (const pid of pids) assert.ok(!existsSync(`/proc/${pid}`), `process ${pid} lives`);
    assert.equal(closed, 0, 'a generator that waits cannot be closed');
  });

  it('is refused to more readers than are allowed', async () => {
    await withDemuxer(openBytes(bytesOf('a.ts')), { maxSessions: 1 }, async (demuxer) => {
      const first = demuxer.samples()[Symbol.asyncIterator]();
      await first.next();
      await assert.rejects(collect(demuxer), /has 1 readers already/);
      await first.return?.();
    });
  });
});

function make(args: string, path: string): void {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args.split(' '), path]);
}

function endless(part: Uint8Array, times: number): Uint8Array {
  return Uint8Array.from(Buffer.concat(Array<Uint8Array>(times).fill(part)));
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_007) yield await Promise.resolve(bytes.slice(at, at + 10_007));
}

function content({ trackId, data }: Sample): string {
  return `${trackId} ${data.length} ${data.subarray(0, 16).join(',')}`;
}

function whole(sample: Sample): string {
  const { offset, presentationTime, decodeTime, duration, isSync } = sample;
  return [content(sample), offset, presentationTime, decodeTime, duration, isSync].join(' ');
}
