import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { viewAnnexBNalUnits } from '../src/codecs/nal/annex-b.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import type { SynthesizedVideo } from '../src/engine/synthesis.js';
import { videoConfigurationOf } from '../src/engine/video-configuration.js';
import { encodeVideo, type VideoDecoderConfig } from '../src/engine/video-job.js';
import { DEFAULT_VIDEO_OUTPUT } from '../src/engine/video-output.js';
import {
  decodeH264,
  jobOf,
  joinAnnexB,
  makeVideo,
  pipeThrough,
  stampsOf,
  syncTimesOf,
  timesOf,
  stampedSource,
} from './support/stamped-video.js';

interface Case {
  readonly name: string;
  readonly made: SynthesizedVideo;
  readonly decoder: Partial<VideoDecoderConfig> & { readonly codec: string };
}

const x264 = (params: string, fields: Partial<SynthesizedVideo> = {}): SynthesizedVideo => ({
  encoder: 'libx264',
  source: stampedSource(),
  gop: 20,
  ...fields,
  options: { preset: 'veryfast', 'x264-params': params, ...fields.options },
});
const other = (encoder: string, fields: Partial<SynthesizedVideo> = {}): SynthesizedVideo => ({
  encoder,
  source: stampedSource(),
  gop: 20,
  bitRate: 400_000,
  ...fields,
});
const h264 = (name: string, made: SynthesizedVideo, decoder: Partial<VideoDecoderConfig> = {}): Case => ({
  name: `H.264 ${name}`,
  made,
  decoder: { codec: 'h264', ...decoder },
});

const CASES: readonly Case[] = [
  h264('with a B pyramid', x264('bframes=5:b-adapt=0:b-pyramid=normal:ref=4')),
  h264('with open GOPs', x264('bframes=3:b-adapt=0:open-gop=1')),
  h264('without B frames', x264('bframes=0')),
  h264('interlaced', x264('tff=1:bframes=2', { options: { flags: '+ildct+ilme', preset: 'veryfast' } })),
  h264('with 10 bits', x264('bframes=3', { pixelFormat: 'yuv420p10le' })),
  h264('4:2:2', x264('bframes=3', { pixelFormat: 'yuv422p' })),
  h264('4:4:4 with 10 bits', x264('bframes=3', { pixelFormat: 'yuv444p10le' })),
  h264(
    'of variable frame rate',
    x264('bframes=3', { source: `${stampedSource()},select='not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,11)\\,5))'` }),
  ),
  h264('of odd size', x264('bframes=3', { source: stampedSource(321, 181), pixelFormat: 'yuv444p' }), {
    width: 321,
    height: 181,
  }),
  h264('anamorphic', x264('bframes=3'), { pixelAspectRatio: [64, 45] }),
  {
    name: 'HEVC with 10 bits and open GOPs',
    made: other('libx265', {
      pixelFormat: 'yuv420p10le',
      options: {
        preset: 'ultrafast',
        'x265-params': 'log-level=error:bframes=3:b-pyramid=1:open-gop=1:pools=1',
      },
    }),
    decoder: { codec: 'hevc' },
  },
  { name: 'MPEG-2', made: other('mpeg2video', { maxBFrames: 2 }), decoder: { codec: 'mpeg2video' } },
  {
    name: 'MPEG-2 interlaced',
    made: other('mpeg2video', { maxBFrames: 2, options: { flags: '+ildct+ilme' } }),
    decoder: { codec: 'mpeg2video' },
  },
  { name: 'MPEG-4 ASP', made: other('mpeg4', { maxBFrames: 2 }), decoder: { codec: 'mpeg4' } },
  { name: 'MS MPEG-4 v3', made: other('msmpeg4'), decoder: { codec: 'msmpeg4v3' } },
  { name: 'WMV 2', made: other('wmv2'), decoder: { codec: 'wmv2' } },
  {
    name: 'VP8',
    made: other('libvpx', { options: { deadline: 'realtime', 'cpu-used': '8' } }),
    decoder: { codec: 'vp8' },
  },
  {
    name: 'VP9 with hidden frames',
    made: other('libvpx-vp9', { options: { deadline: 'good', 'cpu-used': '8', 'auto-alt-ref': '1' } }),
    decoder: { codec: 'vp9' },
  },
  {
    name: 'AV1',
    made: other('libsvtav1', { options: { preset: '12', 'svtav1-params': 'lp=1' } }),
    decoder: { codec: 'av1' },
  },
  { name: 'MJPEG', made: other('mjpeg', { pixelFormat: 'yuvj420p' }), decoder: { codec: 'mjpeg' } },
  { name: 'ProRes', made: other('prores_ks', { pixelFormat: 'yuv422p10le' }), decoder: { codec: 'prores' } },
  { name: 'Theora', made: other('libtheora'), decoder: { codec: 'theora' } },
  { name: 'FFV1 in RGB', made: other('ffv1', { pixelFormat: 'bgr0' }), decoder: { codec: 'ffv1' } },
];

describe('video jobs', () => {
  let pool: EnginePool;
  before(() => {
    pool = createEnginePool({ size: 2 });
  });
  after(() => pool[Symbol.asyncDispose]());

  for (const { name, made, decoder } of CASES) {
    it(`give each picture once, at its time: ${name}`, async () => {
      const track = await makeVideo(pool, made);
      const job = { ...jobOf(track, decoder, DEFAULT_VIDEO_OUTPUT), startTicks: 7, endTicks: 41 };
      const encoded = await encodeVideo(pool, { ...job, keyframeTicks: [30] });
      const wanted = track.packets
        .map(({ start }) => start)
        .filter((time) => time >= 7 && time < 41)
        .sort((a, b) => a - b);
      // A stamp is the number of the picture, and so is its time.
      assert.deepEqual(await stampsOf(encoded), wanted);
      assert.deepEqual(timesOf(encoded), wanted);
      assert.equal(encoded.decodeErrors, 0);
      assert.equal(encoded.undatedFrames, 0);
      const firstFrom30 = wanted.find((time) => time >= 30);
      assert.deepEqual(syncTimesOf(encoded), [7, firstFrom30]);
      const { avcC, format, encoder } = await videoConfigurationOf(pool, job.decoder, job.output);
      assert.deepEqual([encoded.avcC, encoded.format, encoded.encoder], [avcC, format, encoder]);
    });
  }

  it('give all pictures up to the last, the decoder having held some back', async () => {
    const track = await makeVideo(pool, x264('bframes=5:b-adapt=0:b-pyramid=normal:ref=4'));
    const encoded = await encodeVideo(pool, jobOf(track, { codec: 'h264' }, DEFAULT_VIDEO_OUTPUT));
    const wanted = Array.from({ length: 50 }, (_, number) => number);
    assert.deepEqual(timesOf(encoded), wanted);
    assert.deepEqual(await stampsOf(encoded), wanted);
  });

  it('show pictures in their order where the container has only decode times', async () => {
    const track = await makeVideo(pool, other('mpeg4', { maxBFrames: 2 }));
    const job = jobOf(track, { codec: 'mpeg4' }, DEFAULT_VIDEO_OUTPUT);
    const packets = job.packets.map((packet, i) => ({ ...packet, presentationTime: i, decodeTime: i }));
    const encoded = await encodeVideo(pool, { ...job, packets });
    const wanted = Array.from({ length: 50 }, (_, number) => number);
    assert.deepEqual(timesOf(encoded), wanted);
    assert.deepEqual(await stampsOf(encoded), wanted);
  });

  it('lose no picture of H.264 that does not say how far it reorders', async () => {
    const track = await makeVideo(pool, x264('bframes=5:b-adapt=0:b-pyramid=normal:ref=4'));
    const codecPrivate = withoutBitstreamRestriction(track.codecPrivate);
    const job = jobOf(track, { codec: 'h264', codecPrivate }, DEFAULT_VIDEO_OUTPUT);
    const wanted = Array.from({ length: 50 }, (_, number) => number);
    assert.deepEqual(timesOf(await encodeVideo(pool, job)), wanted);
  });

  it('scale what changes its size in mid-stream to the size that was declared', async () => {
    const small = await makeVideo(pool, x264('bframes=2', { source: stampedSource(160, 90) }));
    const large = await makeVideo(pool, x264('bframes=2'));
    const joined = {
      ...large,
      packets: [
        ...large.packets,
        ...small.packets.map((packet, i) => ({
          ...packet,
          start: packet.start + 50,
          data: i === 0 ? concat(small.codecPrivate, packet.data) : packet.data,
        })),
      ],
    };
    const encoded = await encodeVideo(pool, jobOf(joined, { codec: 'h264' }, DEFAULT_VIDEO_OUTPUT));
    const wanted = Array.from({ length: 50 }, (_, number) => number);
    assert.deepEqual(await stampsOf(encoded), [...wanted, ...wanted]);
    assert.deepEqual(
      timesOf(encoded),
      Array.from({ length: 100 }, (_, number) => number),
    );
  });

  it('make interlaced pictures progressive, one for one', async () => {
    // Each frame's two fields are a fiftieth of a second apart: what moves has combs.
    const source = 'testsrc2=size=320x180:rate=50,tinterlace=interleave_top,format=yuv420p';
    const made = x264('tff=1', { source, options: { flags: '+ildct+ilme', preset: 'veryfast' } });
    const track = await makeVideo(pool, made);
    const encoded = await encodeVideo(pool, jobOf(track, { codec: 'h264' }, DEFAULT_VIDEO_OUTPUT));
    assert.deepEqual(
      timesOf(encoded),
      track.packets.map(({ start }) => start).sort((a, b) => a - b),
    );
    const before = await decodeH264(
      concat(track.codecPrivate, ...track.packets.map(({ data }) => data)),
      'gray',
    );
    const after = await decodeH264(joinAnnexB(encoded.samples), 'gray');
    assert.equal(after.byteLength, before.byteLength);
    const combed = combsOf(before);
    assert.ok(combsOf(after) < combed / 4, `${combsOf(after)} of ${combed} combs are left`);
  });

  it('declare pixel shape, colour and profile in their parameter sets, and fit the size asked for', async () => {
    const track = await makeVideo(pool, x264('bframes=2'));
    const decoder = { codec: 'h264', pixelAspectRatio: [64, 45] as const };
    const output = { ...DEFAULT_VIDEO_OUTPUT, height: 90 };
    const encoded = await encodeVideo(pool, jobOf(track, decoder, output));
    const entries =
      'stream=profile,width,height,sample_aspect_ratio,pix_fmt,color_range,color_space,color_transfer,color_primaries';
    const report = await pipeThrough('ffprobe', joinAnnexB(encoded.samples), [
      ...['-v', 'error', '-f', 'h264', '-show_entries', entries, '-of', 'default=nw=1', 'pipe:0'],
    ]);
    assert.deepEqual(new TextDecoder().decode(report).trim().split('\n').sort(), [
      'color_primaries=smpte170m',
      'color_range=tv',
      'color_space=smpte170m',
      'color_transfer=smpte170m',
      'height=90',
      'pix_fmt=yuv420p',
      'profile=High',
      'sample_aspect_ratio=64:45',
      'width=160',
    ]);
  });
});

/**
 * Takes bitstream_restriction out of an SPS of x264, the last part of its VUI: the flag, five small numbers and the
 * depths of reordering and of the buffer.
 */
function withoutBitstreamRestriction(parameterSets: Uint8Array): Uint8Array {
  const [sps, pps] = viewAnnexBNalUnits(parameterSets);
  const bits = Array.from(sps!, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const cut = bits.replace(/1111(?<reach>000[01]{4})\k<reach>011001011(?:0*)$/, '01');
  assert.notEqual(cut, bits);
  const bytes = cut.padEnd(Math.ceil(cut.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  const startCode = Uint8Array.of(0, 0, 0, 1);
  return concat(
    startCode,
    Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2)),
    startCode,
    pps!,
  );
}

/** Pixels of 320 x 180 pictures that differ from both the line above and the line below in the same direction. */
function combsOf(pixels: Uint8Array): number {
  let combs = 0;
  for (let at = 320; at + 320 < pixels.byteLength; at++) {
    const above = pixels[at]! - pixels[at - 320]!;
    const below = pixels[at]! - pixels[at + 320]!;
    if (above * below > 0 && Math.min(Math.abs(above), Math.abs(below)) > 30) combs += 1;
  }
  return combs;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.byteLength;
  }
  return joined;
}
