/**
 * Transport streams, made here by ffmpeg: that they are read as ffprobe reads them, from the beginning and from anywhere, in
 * pieces of any size, and that damage stays where it is.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SegmintError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openIterable } from '../src/io/iterable.js';
import { RecycledMemory } from '../src/io/recycled-memory.js';
import type { SampleOptions } from '../src/media/demuxer.js';
import type { Sample } from '../src/media/sample.js';
import type { Source } from '../src/media/source.js';
import { openTransportStream, type TransportStreamDemuxer } from '../src/mpegts/demuxer.js';
import { describeTransport } from '../src/mpegts/transport-head.js';
import { openDemuxer } from '../src/pipelines/open-demuxer.js';
import { codeField, codeFieldSets } from './support/coded-fields.js';
import { endlessTransportStream } from './support/endless-transport-stream.js';
import { seededRandom } from './support/seeded-random.js';
import { missingTools } from './support/tools.js';
import { writeTransport, type WrittenPes } from './support/transport-writer.js';

const skip = missingTools('demuxing of transport streams', 'ffmpeg', 'ffprobe');

const PACKET = 188;
const VIDEO_PID = 256;
const AUDIO_PID = 257;

interface Packet {
  readonly stream_index: number;
  readonly pts: number;
  readonly dts: number;
  readonly pos?: string;
  readonly flags: string;
  readonly data_hash: string;
}

describe('a transport stream', { skip, timeout: 300_000 }, () => {
  let folder = '';
  const fileOf = (name: string): string => join(folder, name);
  const bytesOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(fileOf(name)));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-mpegts-'));
    const picture = '-f lavfi -i testsrc2=size=160x90:rate=25:duration=6';
    const sound = '-f lavfi -i sine=frequency=440:sample_rate=48000:duration=6';
    const h264 = '-c:v libx264 -preset veryfast -pix_fmt yuv420p -bf 2 -g 25 -sc_threshold 0';
    make(`${picture} ${sound} ${h264} -c:a aac -metadata:s:a:0 language=ger`, 'aac.ts');
    make(`${picture} ${sound} ${h264} -x264-params slices=4 -c:a mp2`, 'slices.ts');
    make(`${picture} ${sound} ${h264} -c:a ac3 -mpegts_m2ts_mode 1`, 'disc.m2ts');
    make(`${picture} ${sound} ${h264} -c:a libmp3lame -ar 44100`, 'mp3.ts');
    make(`-i ${fileOf('aac.ts')} ${sound} -map 0:v -map 1:a -c:v copy -c:a eac3`, 'eac3.ts');
    make(
      `-i ${fileOf('aac.ts')} ${sound} -map 0:v -map 1:a -c:v copy -c:a aac -mpegts_flags latm`,
      'latm.ts',
    );
    make(`-i ${fileOf('aac.ts')} ${sound} -map 0:v -map 1:a -c:v copy -c:a aac -ar 22050`, 'low.ts');
    // Interlaced, each frame a picture.
    make(`${picture} ${sound} ${h264} -flags +ilme+ildct -s 160x96 -c:a ac3`, 'interlaced.ts');
    const hevc = '-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25:open-gop=1';
    make(`${picture} ${sound} ${hevc} -c:a ac3`, 'hevc.ts');
    const [a, wrap] = ['aac.ts', 'wrap.ts'].map(fileOf);
    execFileSync('ffmpeg', `${QUIET} -i ${a} -c copy -copyts -output_ts_offset 95440 ${wrap}`.split(' '));
    // As broadcasters have it: a checksum behind each packet.
    const packets = bytesOf('aac.ts');
    const checked = new Uint8Array((packets.length / PACKET) * 204);
    for (let i = 0; i * PACKET < packets.length; i++) {
      checked.set(packets.subarray(i * PACKET, (i + 1) * PACKET), i * 204);
    }
    writeFileSync(fileOf('aac204.ts'), checked);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const QUIET = '-nostdin -v error -y';

  function make(options: string, name: string): void {
    execFileSync('ffmpeg', `${QUIET} ${options} -f mpegts ${fileOf(name)}`.split(' '));
  }

  for (const name of [
    'aac.ts',
    'slices.ts',
    'mp3.ts',
    'eac3.ts',
    'hevc.ts',
    'disc.m2ts',
    'aac204.ts',
    'interlaced.ts',
    'latm.ts',
    'low.ts',
  ]) {
    it(`is read as ffprobe reads it: ${name}`, async () => {
      const demuxer = await open(openBytes(bytesOf(name)));
      const samples = await collect(demuxer);
      const packets = probePackets(fileOf(name));
      const { tracks } = demuxer.info;
      assert.deepEqual(
        tracks.map(({ type }) => type),
        ['video', 'audio'],
      );
      tracks.forEach((track, i) => {
        const ours = samples.filter(({ trackId }) => trackId === track.id);
        const theirs = packets.filter(({ stream_index }) => stream_index === i);
        assert.equal(ours.length, theirs.length);
        ours.forEach((sample, k) => {
          const { pts, dts, pos, flags, data_hash } = theirs[k]!;
          // ffprobe rounds the duration of each frame down and adds them up, within a PES packet.
          const tolerance = ['mp3.ts', 'low.ts'].includes(name) && track.type === 'audio' ? 30 : 0;
          assert.ok(Math.abs(sample.presentationTime - pts) <= tolerance, `time of ${k}`);
          assert.ok(Math.abs(sample.decodeTime! - dts) <= tolerance, `decode time of ${k}`);
          // ffprobe counts what stands before or behind a packet to it; here it is where its sync byte is.
          const isPlain = name.endsWith('.ts') && name !== 'aac204.ts';
          if (pos !== undefined && isPlain) assert.equal(sample.offset, Number(pos));
          assert.equal(sample.isSync, flags.includes('K'));
          if (track.type === 'audio') assert.equal(`MD5:${md5(sample.data)}`, data_hash);
        });
        if (track.type === 'video') assert.deepEqual(unitsOf(ours), storedUnits(fileOf(name)));
      });
      assert.equal(demuxer.damageCount, 0);
    });
  }

  for (const isApart of [true, false]) {
    it(`makes a picture of two fields, ${isApart ? 'each in a packet of its own' : 'in one packet'}`, async () => {
      const bytes = writeFields(isApart);
      writeFileSync(fileOf('fields.ts'), bytes);
      const demuxer = await open(openBytes(bytes));
      const samples = await collect(demuxer);
      assert.deepEqual(
        samples.map(({ presentationTime }) => presentationTime),
        probeFrames(fileOf('fields.ts')),
      );
      assert.deepEqual([samples.length, demuxer.info.tracks[0]!.defaultDuration], [60, 3600]);
      assert.deepEqual(unitsOf(samples), storedUnits(fileOf('fields.ts')));
      const { keyframes } = await demuxer.scanKeyframes(VIDEO_PID);
      const syncs = samples.filter(({ isSync }) => isSync);
      assert.deepEqual(
        keyframes.map(({ offset }) => offset),
        syncs.map(({ offset }) => offset),
      );
      for (const { offset } of [...keyframes, samples[7]!]) {
        const behind = await collect(demuxer, { startOffset: offset });
        assert.deepEqual(
          identitiesOf(behind),
          identitiesOf(samples.filter((sample) => sample.offset >= offset)),
        );
      }
    });
  }

  it('says what it holds', async () => {
    const { info } = await open(openBytes(bytesOf('aac.ts')));
    const [video, audio] = info.tracks;
    assert.ok(video?.type === 'video' && audio?.type === 'audio');
    assert.deepEqual(
      [video.codec, video.width, video.height, video.defaultDuration],
      ['h264', 160, 90, 3600],
    );
    assert.deepEqual(
      [audio.codec, audio.sampleRate, audio.channels, audio.language],
      ['aac', 48_000, 1, 'de'],
    );
    assert.ok(Math.abs(info.durationNs! - 6e9) < 0.05e9);
  });

  it('takes pictures of which only a few are in the beginning that is looked at', async () => {
    const filler = new Uint8Array(700_000).fill(0xff);
    filler.set([0, 0, 0, 1, 12]);
    const delimited = (units: readonly Uint8Array[]): number[] =>
      [Uint8Array.of(9, 0xf0), ...units].flatMap((unit) => [0, 0, 0, 1, ...unit]);
    const packets = Array.from({ length: 10 }, (_, i): WrittenPes => {
      const field = {
        structure: 'frame',
        frameNum: i,
        order: 2 * i,
        kind: i === 0 ? 'idr' : 'repeat',
      } as const;
      const units = delimited([...(i === 0 ? codeFieldSets() : []), codeField(field)]);
      const payload = new Uint8Array(units.length + filler.length);
      payload.set(units);
      payload.set(filler, units.length);
      return { pid: VIDEO_PID, pts: 90_000 + 3600 * i, payload };
    });
    const demuxer = await open(openBytes(writeTransport(new Map([[VIDEO_PID, 0x1b]]), packets)));
    assert.equal(demuxer.info.tracks[0]!.defaultDuration, 3600);
    const samples = await collect(demuxer);
    assert.deepEqual(
      samples.map(({ presentationTime }) => presentationTime),
      packets.map(({ pts }) => pts),
    );
  });

  it('says of sound what comes out of a decoder', async () => {
    const expected = { 'latm.ts': [48_000, 48_000, 1], 'low.ts': [22_050, 22_050, 1] };
    for (const [name, facts] of Object.entries(expected)) {
      const audio = (await open(openBytes(bytesOf(name)))).info.tracks[1]!;
      assert.ok(audio.type === 'audio' && audio.codec === 'aac');
      assert.deepEqual([audio.sampleRate, audio.outputSampleRate, audio.channels], facts);
    }
  });

  it('is the same in pieces of any size, and where it comes once', async () => {
    const bytes = bytesOf('disc.m2ts');
    const whole = await collect(await open(openBytes(bytes)));
    const opened = await openDemuxer(openIterable(pieces(bytes.subarray(0), 977)));
    assert.equal(opened.kind, 'mpegts');
    assert.deepEqual(identitiesOf(await collect(opened.demuxer)), identitiesOf(whole));
    await opened.source[Symbol.asyncDispose]();
  });

  for (const name of ['aac.ts', 'disc.m2ts', 'wrap.ts', 'slices.ts']) {
    it(`can be begun at its key frames: ${name}`, async () => {
      const demuxer = await open(openBytes(bytesOf(name)));
      const { keyframes } = await demuxer.scanKeyframes(demuxer.info.tracks[0]!.id);
      assert.equal(keyframes.length, 6);
      const all = await collect(demuxer);
      for (const { offset } of keyframes) {
        const behind = await collect(demuxer, { startOffset: offset });
        const expected = all.filter((sample) => sample.offset >= offset);
        assert.deepEqual(identitiesOf(behind), identitiesOf(expected));
      }
    });
  }

  it('is begun near a time without an index, and at its beginning where the clock begins anew', async () => {
    const bytes = bytesOf('aac.ts');
    const long = new Uint8Array(bytes.length);
    long.set(bytes);
    const demuxer = await open(openBytes(long));
    const [first] = await collect(demuxer);
    for (const seconds of [0.5, 2.5, 4.99]) {
      const startNs = ((first!.presentationTime + seconds * 90_000) / 90_000) * 1e9;
      const behind = await collect(demuxer, { startNs, seekTrackId: VIDEO_PID });
      const start = behind.find(({ trackId }) => trackId === VIDEO_PID)!;
      const elapsed = (start.presentationTime - first!.presentationTime) / 90_000;
      assert.ok(start.isSync && elapsed <= seconds && elapsed > seconds - 1.1, `${elapsed} of ${seconds}`);
    }
    const wrapped = await open(openBytes(bytesOf('wrap.ts')));
    const [begin] = await collect(wrapped);
    const [again] = await collect(wrapped, { startNs: (begin!.presentationTime / 90_000 + 5) * 1e9 });
    assert.equal(again!.offset, begin!.offset);
  });

  it('joins clocks that jump to one timeline', async () => {
    const [a, wrap] = [bytesOf('aac.ts'), bytesOf('wrap.ts')];
    const samples = await collect(await open(openBytes(Buffer.concat([a, wrap, a]))));
    for (const id of [VIDEO_PID, AUDIO_PID]) {
      const times = samples.filter(({ trackId }) => trackId === id).map(({ decodeTime }) => decodeTime!);
      const steps = times.slice(1).map((time, i) => time - times[i]!);
      assert.ok(Math.min(...steps) > 0 && Math.max(...steps) < 0.2 * 90_000);
    }
  });

  it('takes packets that come twice once, and finds packets again behind bytes that are none', async () => {
    const bytes = bytesOf('aac.ts');
    const whole = identitiesOf(await collect(await open(openBytes(bytes)))).map(withoutOffset);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += PACKET) {
      const packet = bytes.subarray(at, at + PACKET);
      const hasPayload = (packet[3]! & 0x10) !== 0;
      const isRepeated = hasPayload && (at / PACKET) % 7 === 0;
      parts.push(packet, ...(isRepeated ? [packet] : []));
      if (at % (PACKET * 400) === PACKET * 399) parts.push(new Uint8Array(1000 + (at % 77)).fill(0x55));
    }
    const demuxer = await open(openBytes(Buffer.concat(parts)));
    assert.deepEqual(identitiesOf(await collect(demuxer)).map(withoutOffset), whole);
    assert.ok(demuxer.damage.every(({ kind }) => kind === 'unreadable') && demuxer.damageCount > 0);
  });

  it('says which pictures and sounds a lost packet damages, and loses no others', async () => {
    const bytes = bytesOf('aac.ts');
    const lost = [VIDEO_PID, AUDIO_PID].map((pid) => nthPacket(bytes, pid, 60));
    const kept: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += PACKET) {
      if (!lost.includes(at)) kept.push(bytes.subarray(at, at + PACKET));
    }
    const whole = new Set(identitiesOf(await collect(await open(openBytes(bytes)))).map(withoutOffset));
    const demuxer = await open(openBytes(Buffer.concat(kept)));
    const ids = identitiesOf(await collect(demuxer)).map(withoutOffset);
    const changed = ids.filter((id) => !whole.has(id)).length;
    assert.ok(
      changed <= 3 && ids.length >= whole.size - 3,
      `${changed} changed, ${ids.length} of ${whole.size}`,
    );
    assert.ok(demuxer.damageCount >= 2);
  });

  it('uses memory again when its reader is behind the pictures in it, and not before', async () => {
    const loop = bytesOf('aac.ts');
    const bytes = Buffer.concat([...endlessTransportStream(loop, { periodTicks: 6.4 * 90_000, rounds: 50 })]);
    const head = describeTransport(bytes, true);
    assert.ok(typeof head === 'object');
    const whole = identitiesOf(await collect(await openTransportStream(openBytes(bytes), head)));
    const memory = new RecycledMemory();
    const taken: Uint8Array[] = [];
    const demuxer = await openTransportStream(openIterable(pieces(bytes, 200_000)), head, {
      memory: {
        take: (length) => {
          const piece = memory.take(length);
          taken.push(piece.fill(0));
          return piece;
        },
        lend: (piece, offset) => memory.lend(piece, offset),
      },
    });
    memory.begin();
    const ids: string[] = [];
    const last = new Map<number, number>();
    for await (const batch of demuxer.samples()) {
      ids.push(...identitiesOf(batch));
      for (const { trackId, offset } of batch) last.set(trackId, offset);
      memory.releaseBefore(Math.min(...last.values()) + 1);
    }
    assert.deepEqual(ids, whole);
    assert.ok(new Set(taken).size < taken.length, `${taken.length} pieces, none of them twice`);
  });

  it('ends with an error that says why, or with what there is, whatever the bytes are', async () => {
    const random = seededRandom('transport streams');
    const all = [bytesOf('aac.ts'), bytesOf('latm.ts'), writeFields(true)];
    for (let round = 0; round < 90; round++) {
      const bytes = all[round % all.length]!.subarray(0, PACKET * 300);
      const bad = bytes.slice(0, 1 + random(bytes.length));
      for (let i = random(200); i > 0; i--) bad[random(bad.length)] = random(256);
      // Headers above all.
      for (let i = random(60); i > 0; i--) {
        bad[Math.min(bad.length - 1, random(300) * PACKET + random(24))] = random(256);
      }
      const head = describeTransport(bad, true);
      if (head === undefined || head === 'more') continue;
      try {
        const demuxer = await openTransportStream(openBytes(bad), head);
        const samples = await collect(demuxer);
        assert.ok(samples.reduce((sum, { data }) => sum + data.length, 0) <= 2 * bad.length);
        await collect(demuxer, { startNs: 3e9 });
        await demuxer.scanKeyframes(VIDEO_PID);
      } catch (error) {
        assert.ok(error instanceof SegmintError, String(error));
      }
    }
  });

  function probeFrames(path: string): number[] {
    const options = '-v quiet -select_streams v -show_entries frame=pts -of csv=p=0';
    const output = execFileSync('ffprobe', [...options.split(' '), path]).toString();
    return output.trim().split(/\s+/).map(parseFloat);
  }

  /** NAL units between start codes, without the zeros behind them, as ffmpeg stores them. */
  function storedUnits(path: string): string[] {
    const options = `-nostdin -v quiet -i ${path} -map 0:v -c copy -f data -`;
    const stream = execFileSync('ffmpeg', options.split(' '), { maxBuffer: 2 ** 28 }).toString('latin1');
    return stream
      .split('\0\0\x01')
      .slice(1)
      .map((unit) => md5(Buffer.from(unit.replace(/\0+$/, ''), 'latin1')));
  }
});

/** 60 frames of two fields each, a key frame every ten. */
function writeFields(isApart: boolean): Uint8Array<ArrayBuffer> {
  const join = (units: readonly Uint8Array[]): number[] => units.flatMap((unit) => [0, 0, 0, 1, ...unit]);
  const delimiter = Uint8Array.of(9, 0xf0);
  const packets: WrittenPes[] = [];
  for (let i = 0; i < 60; i++) {
    const at = i % 10;
    const field = (structure: 'top' | 'bottom', kind: 'idr' | 'intra' | 'repeat'): Uint8Array =>
      codeField({
        structure,
        kind,
        frameNum: at,
        order: 2 * at + (structure === 'top' ? 0 : 1),
        grey: 50 + i,
      });
    const isKey = at === 0;
    const first = [...[delimiter, ...(isKey ? codeFieldSets() : [])], field('top', isKey ? 'idr' : 'repeat')];
    const second = [delimiter, field('bottom', isKey ? 'intra' : 'repeat')];
    const pts = 90_000 + 3600 * i;
    const own = (units: readonly Uint8Array[]): Uint8Array => Uint8Array.from(join(units));
    if (isApart) {
      packets.push({ pid: VIDEO_PID, pts, payload: own(first) });
      packets.push({ pid: VIDEO_PID, pts: pts + 1800, payload: own(second) });
    } else packets.push({ pid: VIDEO_PID, pts, payload: own([...first, ...second]) });
  }
  return writeTransport(new Map([[VIDEO_PID, 0x1b]]), packets);
}

function probePackets(path: string): Packet[] {
  const options = '-v quiet -show_packets -show_data_hash md5 -of json';
  const output = execFileSync('ffprobe', [...options.split(' '), path], { maxBuffer: 2 ** 28 });
  return (JSON.parse(output.toString()) as { packets: Packet[] }).packets;
}

async function open(source: Source): Promise<TransportStreamDemuxer> {
  const opened = await openDemuxer(source);
  assert.ok(opened.kind === 'mpegts', opened.kind);
  return opened.demuxer;
}

/** Copies, as a reader who keeps samples must make where memory is used again. */
async function collect(demuxer: { samples: TransportStreamDemuxer['samples'] }, options: SampleOptions = {}) {
  const samples: Sample[] = [];
  for await (const batch of demuxer.samples(options)) {
    samples.push(...batch.map((sample) => ({ ...sample, data: sample.data.slice() })));
  }
  return samples;
}

function identitiesOf(samples: readonly Sample[]): string[] {
  return samples.map(({ trackId, offset, presentationTime, decodeTime, duration, isSync, data }) =>
    [offset, trackId, presentationTime, decodeTime, duration, isSync, md5(data)].join(' '),
  );
}

function withoutOffset(identity: string): string {
  return identity.slice(identity.indexOf(' '));
}

/** The NAL units of samples, each after its length. */
function unitsOf(samples: readonly Sample[]): string[] {
  return samples.flatMap(({ data }) => {
    const units: string[] = [];
    for (let at = 0; at < data.length;) {
      const end = at + 4 + Buffer.from(data.subarray(at, at + 4)).readUInt32BE();
      units.push(md5(data.subarray(at + 4, end)));
      at = end;
    }
    return units;
  });
}

function nthPacket(bytes: Uint8Array, pid: number, n: number): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += PACKET) {
    const own = ((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!;
    if (own === pid && count++ === n) return at;
  }
  throw new RangeError(`There are only ${count} packets.`);
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size));
}

function md5(data: Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}
