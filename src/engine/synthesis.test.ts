import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AV_CODEC_ID_EAC3, AV_CODEC_ID_H264 } from 'node-av/constants';
import { FormatContext, avGetCodecName } from 'node-av/lib';
import { EngineError, UnsupportedMediaError } from '../errors.js';
import { createEnginePool, type EnginePool } from './pool.js';
import { makeDemoClip, synthesizeFile, synthesizePackets, type SynthesisSpec } from './synthesis.js';

const SPEC: SynthesisSpec = {
  durationMs: 1000,
  video: [
    {
      encoder: 'libx264',
      source: 'testsrc2=size=160x90:rate=24000/1001',
      gop: 12,
      options: { preset: 'ultrafast' },
    },
  ],
  audio: [
    {
      encoder: 'aac',
      source: 'sine=frequency=440',
      sampleRate: 44_100,
      layout: 'stereo',
      language: 'ger',
      startMs: 200,
    },
  ],
  subtitles: [
    { codec: 'subrip', language: 'fre', cues: [{ startMs: 100, durationMs: 500, text: 'Bonjour' }] },
  ],
};

describe('synthesis', () => {
  let pool: EnginePool;
  let folder: string;
  before(() => {
    pool = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-synthesis-'));
  });
  after(async () => {
    await pool[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it('makes a file with the tracks asked for', async () => {
    const path = join(folder, 'a.mkv');
    await synthesizeFile(pool, SPEC, { path, format: 'matroska' });
    assert.deepEqual(describeFile(path), [
      { codec: 'h264', width: 160, sampleRate: 0, language: undefined },
      { codec: 'aac', width: 0, sampleRate: 44_100, language: 'ger' },
      { codec: 'subrip', width: 0, sampleRate: 0, language: 'fre' },
    ]);
  });

  it('makes the same bytes each time', async () => {
    for (const format of ['matroska', 'mp4', 'mpegts']) {
      const spec = { ...SPEC, subtitles: [] };
      const paths = ['b', 'c'].map((name) => join(folder, `${name}.${format}`));
      for (const path of paths) await synthesizeFile(pool, spec, { path, format });
      const [b, c] = paths.map((path) => readFileSync(path));
      assert.ok(b!.length > 1000 && b!.equals(c!), format);
    }
  });

  it('hands options on to the muxer', async () => {
    const path = join(folder, 'fragmented.mp4');
    const options = { movflags: 'frag_keyframe+empty_moov' };
    await synthesizeFile(pool, { ...SPEC, subtitles: [] }, { path, format: 'mp4', options });
    assert.ok(readFileSync(path).includes('moof'));
  });

  it('leaves nothing under the name when it fails', async () => {
    const before = readdirSync(folder);
    const path = join(folder, 'nothing.webm');
    // WebM takes neither H.264 nor AAC.
    await assert.rejects(synthesizeFile(pool, SPEC, { path, format: 'webm' }), EngineError);
    await assert.rejects(
      synthesizeFile(
        pool,
        { ...SPEC, video: [{ encoder: 'none', source: 'testsrc2' }] },
        { path, format: 'matroska' },
      ),
      UnsupportedMediaError,
    );
    await assert.rejects(
      synthesizeFile(
        pool,
        { ...SPEC, video: [{ encoder: 'libx264', source: 'no such=filter' }] },
        { path, format: 'matroska' },
      ),
      EngineError,
    );
    assert.deepEqual(readdirSync(folder), before);
  });

  it('gives packets with times that count in samples or frames', async () => {
    const [video, audio] = await synthesizePackets(pool, { ...SPEC, subtitles: [] });
    assert.equal(video!.packets.length, 24);
    assert.ok(video!.packets[0]!.isSync);
    assert.equal(audio!.timescale, 44_100);
    // libavcodec's AAC encoder starts one frame early; the track starts at 200 ms.
    assert.equal(audio!.packets[0]!.start, 8820 - 1024);
    assert.equal(audio!.packets[1]!.start, 8820);
    // AudioSpecificConfig of AAC-LC, 44.1 kHz, stereo.
    assert.deepEqual([...audio!.codecPrivate.subarray(0, 2)], [0x12, 0x10]);
  });

  it('makes the demo clip', async () => {
    const path = join(folder, 'demo.mkv');
    await makeDemoClip(pool, path);
    const input = openFile(path);
    try {
      assert.deepEqual(
        input.streams.map(({ codecpar }) => codecpar.codecId),
        [AV_CODEC_ID_H264, AV_CODEC_ID_EAC3],
      );
      assert.equal(input.streams[1]!.codecpar.channelLayout.nbChannels, 6);
      assert.ok(Math.abs(Number(input.duration) / 1e6 - 30) < 0.1);
    } finally {
      input.closeInputSync();
    }
  });
});

function openFile(path: string): FormatContext {
  const input = new FormatContext();
  input.allocContext();
  assert.equal(input.openInputSync(path), 0);
  assert.ok(input.findStreamInfoSync() >= 0);
  return input;
}

/** What libavformat's own demuxer says about a file. */
function describeFile(path: string): unknown[] {
  const input = openFile(path);
  try {
    return input.streams.map(({ codecpar, metadata }) => ({
      codec: avGetCodecName(codecpar.codecId),
      width: codecpar.width,
      sampleRate: codecpar.sampleRate,
      language: metadata?.get('language') ?? undefined,
    }));
  } finally {
    input.closeInputSync();
  }
}
