import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { synthesizePackets, type SynthesizedVideo } from '../src/engine/synthesis.js';
import { encodeVideo, type VideoDecoderConfig } from '../src/engine/video-job.js';
import { DEFAULT_VIDEO_OUTPUT } from '../src/engine/video-output.js';
import { decodeH264, jobOf, joinAnnexB, makeVideo, pipeThrough } from './support/stamped-video.js';

type Rgb = readonly [number, number, number];

/** Eight patches across, as red, green and blue. */
const PATCHES: readonly Rgb[] = [
  [255, 255, 255],
  [255, 255, 0],
  [0, 255, 255],
  [0, 255, 0],
  [255, 0, 255],
  [200, 30, 30],
  [30, 30, 200],
  [128, 128, 128],
];

const patched = (channel: 0 | 1 | 2): string =>
  PATCHES.reduce(
    (rest, color, i) => `if(gte(X,${i * 40})*lt(X,${i * 40 + 40}),${color[channel]},${rest})`,
    '0',
  );
const SOURCE = `color=black:size=320x180:rate=25,format=gbrp,geq=r='${patched(0)}':g='${patched(1)}':b='${patched(2)}'`;
const from709 = 'zscale=pin=709:tin=709:min=gbr:rin=full';
const toHdr = (transfer: string): string =>
  `${from709}:t=linear:npl=203:m=gbr:p=709,format=gbrpf32le,` +
  `zscale=tin=linear:pin=709:min=gbr:p=2020:t=${transfer}:m=2020_ncl:r=tv:npl=203`;

interface Case {
  readonly name: string;
  readonly made: SynthesizedVideo;
  readonly decoder: Partial<VideoDecoderConfig> & { readonly codec: string };
}

const color = (
  primaries: number,
  transfer: number,
  matrix: number,
  fullRange = false,
): Partial<VideoDecoderConfig> => ({
  color: { primaries, transfer, matrix, fullRange },
});
const coded = (
  encoder: string,
  chain: string,
  pixelFormat: string,
  options: Readonly<Record<string, string>>,
): SynthesizedVideo => ({ encoder, source: `${SOURCE},${chain}`, pixelFormat, options });
const hd = 'scale=out_color_matrix=bt709:out_range=tv';
const bt709 = { qp: '1', colorspace: 'bt709', color_primaries: 'bt709', color_trc: 'bt709' };
const x265 = (colorspace: string, transfer: string): Readonly<Record<string, string>> => ({
  crf: '2',
  preset: 'ultrafast',
  'x265-params': 'log-level=error:pools=1',
  colorspace,
  color_primaries: 'bt2020',
  color_trc: transfer,
});

const SDR_CASES: readonly Case[] = [
  {
    name: 'BT.601 of which nothing is said',
    made: coded('libx264', 'scale=out_color_matrix=smpte170m:out_range=tv', 'yuv420p', { qp: '1' }),
    decoder: { codec: 'h264' },
  },
  {
    name: 'BT.709 of a small picture',
    made: coded('libx264', hd, 'yuv420p', bt709),
    decoder: { codec: 'h264' },
  },
  {
    name: 'BT.709 that the container calls BT.601',
    made: coded('libx264', hd, 'yuv420p', bt709),
    decoder: { codec: 'h264', ...color(6, 6, 6) },
  },
  {
    name: 'full range',
    made: coded('libx264', 'scale=out_color_matrix=bt709:out_range=pc', 'yuv420p', {
      ...bt709,
      color_range: 'pc',
    }),
    decoder: { codec: 'h264', ...color(1, 1, 1, true) },
  },
  {
    name: '4:4:4 with 10 bits',
    made: coded('libx264', hd, 'yuv444p10le', bt709),
    decoder: { codec: 'h264', ...color(1, 1, 1) },
  },
  { name: 'RGB', made: coded('libx264rgb', 'null', 'bgr24', { qp: '1' }), decoder: { codec: 'h264' } },
  {
    name: 'BT.2020 without HDR',
    made: coded(
      'libx265',
      `${from709}:p=2020:t=2020_10:m=2020_ncl:r=tv`,
      'yuv420p10le',
      x265('bt2020nc', 'bt2020-10'),
    ),
    decoder: { codec: 'hevc', ...color(9, 14, 9) },
  },
];

describe('re-encoded pictures', () => {
  let pool: EnginePool;
  let folder: string;
  before(() => {
    pool = createEnginePool({ size: 2 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await pool[Symbol.asyncDispose]();
  });

  const patchesOf = async ({ made, decoder }: Case): Promise<Rgb[]> => {
    const track = await makeVideo(pool, made, 200);
    const output = { ...DEFAULT_VIDEO_OUTPUT, crf: 5, maxBitRate: 20_000_000 };
    const { samples } = await encodeVideo(pool, jobOf(track, decoder, output));
    const pixels = await decodeH264(joinAnnexB(samples), 'rgb24');
    return PATCHES.map((_, i): Rgb => {
      const at = (90 * 320 + i * 40 + 20) * 3;
      return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    });
  };

  for (const tried of SDR_CASES) {
    it(`have the colours of the source: ${tried.name}`, async () => {
      const patches = await patchesOf(tried);
      // Yellow and magenta of BT.2020 pass through a curve and a gamut, in 10 bits: some more is rounded.
      const tolerance = tried.decoder.codec === 'hevc' ? 14 : 4;
      PATCHES.forEach((wanted, i) => {
        const error = Math.max(...wanted.map((value, channel) => Math.abs(value - patches[i]![channel]!)));
        assert.ok(error <= tolerance, `${wanted.join('/')} became ${patches[i]!.join('/')}`);
      });
    });
  }

  for (const [name, transfer, code] of [
    ['smpte2084', 'PQ', 16],
    ['arib-std-b67', 'HLG', 18],
  ] as const) {
    it(`show HDR as SDR: ${transfer}`, async () => {
      const [white, yellow, cyan, green, magenta, red, blue, grey] = await patchesOf({
        name,
        made: coded('libx265', toHdr(name), 'yuv420p10le', x265('bt2020nc', name)),
        decoder: { codec: 'hevc', ...color(9, code, 9) },
      });
      // Diffuse white leaves room for what is brighter; greys stay grey; hues stay what they are.
      assert.ok(white![0] > 180 && white![0] < 250, `white is ${white!.join('/')}`);
      assert.ok(grey![0] > 100 && grey![0] < 145, `grey is ${grey!.join('/')}`);
      for (const patch of [white!, grey!]) assert.ok(Math.max(...patch) - Math.min(...patch) <= 3);
      assert.deepEqual(
        [yellow, cyan, green, magenta, red, blue].map((patch) =>
          patch!.map((value) => (value > 110 ? 1 : 0)).join(''),
        ),
        ['110', '011', '010', '101', '100', '001'],
      );
    });
  }

  it('are as good as those of the ffmpeg program with the same settings', async () => {
    const made = {
      encoder: 'libx264',
      source: 'testsrc2=size=320x180:rate=25,noise=alls=12:allf=t:all_seed=2,format=yuv420p',
      options: { preset: 'veryfast', crf: '12' },
    };
    const [track] = await synthesizePackets(pool, { durationMs: 3000, video: [made] });
    const { samples } = await encodeVideo(
      pool,
      jobOf(track!, { codec: 'h264' }, { ...DEFAULT_VIDEO_OUTPUT, maxBitRate: 8_000_000 }),
    );
    const source = join(folder, 'source.h264');
    writeFileSync(source, track!.codecPrivate);
    for (const { data } of track!.packets) writeFileSync(source, data, { flag: 'a' });
    const theirs = await pipeThrough('ffmpeg', new Uint8Array(0), [
      ...['-v', 'error', '-r', '25', '-i', source, '-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1'],
      ...['-crf', '21', '-maxrate', '8M', '-bufsize', '16M', '-profile:v', 'high', '-f', 'h264', 'pipe:1'],
    ]);
    const ours = joinAnnexB(samples);
    const [ourSsim, theirSsim] = [await ssimOf(ours, source), await ssimOf(theirs, source)];
    assert.ok(ourSsim > theirSsim - 0.002, `SSIM ${ourSsim}, and ${theirSsim} of ffmpeg`);
    assert.ok(
      ours.byteLength < theirs.byteLength * 1.05,
      `${ours.byteLength} and ${theirs.byteLength} bytes`,
    );
  });

  it('leave something for the last ones where the cap takes hold', async () => {
    const zoom = 'mandelbrot=size=320x180:rate=25:end_pts=100:end_scale=0.01';
    const source = `${zoom},format=yuv420p,noise=alls=4:allf=t`;
    const options = { qp: '10', preset: 'ultrafast' };
    const track = await makeVideo(pool, { encoder: 'libx264', source, options }, 4000);
    const output = { ...DEFAULT_VIDEO_OUTPUT, maxBitRate: 250_000 };
    const { samples } = await encodeVideo(pool, jobOf(track, { codec: 'h264' }, output));
    const sizes = samples.map(({ data }) => data.byteLength);
    assert.equal(sizes.length, 100);
    // Groups of four: the last picture that others refer to, and the one before.
    const [before, last] = [Math.max(...sizes.slice(-8, -4)), Math.max(...sizes.slice(-4))];
    assert.ok(last > before / 2, `${last} bytes after ${before}`);
  });
});

/** Structural similarity of a byte stream's pictures with those of a source; 1 is equal. */
async function ssimOf(stream: Uint8Array, source: string): Promise<number> {
  const graph = '[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];[a][b]ssim=stats_file=-';
  const lines = await pipeThrough('ffmpeg', stream, [
    ...['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-f', 'h264', '-i', source],
    ...['-lavfi', graph, '-f', 'null', '-'],
  ]);
  const values = [...new TextDecoder().decode(lines).matchAll(/All:([\d.]+)/g)].map(([, value]) =>
    Number(value),
  );
  assert.equal(values.length, 75);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
