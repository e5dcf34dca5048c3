/** The page's decoders of subtitles that are pictures: by tables, and against ffmpeg's drawing of the same bytes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { writePacks } from '../src/codecs/subtitles/vobsub/write-packs.js';
import { importPage } from './support/page-module.js';
import { missingTools } from './support/tools.js';

/** What is tested of the page's parts. */
interface Parts {
  decodeRunLength(data: Uint8Array, width: number, height: number): Uint8Array;
  parsePgs(bytes: Uint8Array): Picture[];
  parseVobsub(index: string, bytes: Uint8Array): Picture[];
  parseVobsubIndex(text: string): { width: number; height: number; palette: number[]; entries: unknown[] };
  parseSubPicture(data: Uint8Array): SubPicture | undefined;
  decodeSubPicture(data: Uint8Array, picture: SubPicture, palette: readonly number[]): Uint8ClampedArray;
  readSubPicture(bytes: Uint8Array, position: number): Uint8Array | undefined;
}

interface Picture {
  readonly start: number;
  readonly width: number;
  readonly height: number;
  readonly images: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    decode(): Uint8ClampedArray;
  }[];
}

interface SubPicture {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number | undefined;
}

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

/** A segment of PGS. */
function segment(type: number, body: readonly number[], seconds = 1): number[] {
  const pts = seconds * 90_000;
  return [0x50, 0x47, ...u16(pts >>> 16), ...u16(pts), 0, 0, 0, 0, type, ...u16(body.length), ...body];
}

/** What is shown: objects at places, with a palette; `state` 0x80 begins an epoch. */
const composition = (
  [width, height]: readonly [number, number],
  objects: readonly (readonly number[])[],
  { palette = 0, state = 0x80 } = {},
): number[] => [
  ...u16(width),
  ...u16(height),
  0x10,
  0,
  0,
  state,
  0,
  palette,
  objects.length,
  ...objects.flat(),
];
const placed = (id: number, x: number, y: number): number[] => [...u16(id), 0, 0, ...u16(x), ...u16(y)];
const cropped = (id: number, ...numbers: readonly number[]): number[] => {
  const [x = 0, y = 0, ...crop] = numbers;
  return [...u16(id), 0, 0x80, ...u16(x), ...u16(y), ...crop.flatMap(u16)];
};
const object = (
  id: number,
  width: number,
  height: number,
  runs: readonly number[],
  flags = 0xc0,
): number[] => [
  ...[...u16(id), 0, flags, 0, ...u16(runs.length + 4), ...u16(width), ...u16(height), ...runs],
];
/** Of two by two pixels in colours 1 and 2. */
const TINY = object(7, 2, 2, [1, 2, 0, 0, 2, 1, 0, 0]);
/** White and a red. */
const COLOURS = [0, 0, 1, 235, 128, 128, 255, 2, 81, 240, 90, 128];
const PLANE = [64, 32] as const;

const sup = (...segments: readonly number[][]): Uint8Array => Uint8Array.from(segments.flat());
const shown = (...segments: readonly number[][]): number[][] => [...segments, segment(0x80, [])];

describe('the subtitles of pictures that the page draws', () => {
  let parts: Parts;

  before(async () => {
    const names = [
      ...['pgs/run-length', 'pgs/parse-pgs', 'vobsub/parse-vobsub', 'vobsub/parse-index'],
      ...['vobsub/parse-sub-picture', 'vobsub/read-packets'],
    ];
    parts = (await importPage(names.map((name) => `player/subtitles/${name}`))) as Parts;
  });

  describe('run lengths of PGS', () => {
    const many = (count: number, colour: number): number[] => new Array<number>(count).fill(colour);
    const cases: readonly (readonly [string, number[], number, number, number[]])[] = [
      ['single pixels', [1, 2, 3], 3, 1, [1, 2, 3]],
      ['a short run of nothing', [0, 0x03, 9], 4, 1, [0, 0, 0, 9]],
      ['a long run of nothing', [0, 0x41, 0x02, 9], 259, 1, [...many(258, 0), 9]],
      ['a short run of a colour', [0, 0x83, 7], 4, 1, [7, 7, 7, 0]],
      ['a long run of a colour', [0, 0xc1, 0x02, 7], 259, 1, [...many(258, 7), 0]],
      ['lines that end early', [1, 0, 0, 2, 2, 0, 0], 3, 2, [1, 0, 0, 2, 2, 0]],
      ['a run over the end of its line', [0, 0xbf, 7, 0, 0, 8], 2, 2, [7, 7, 8, 0]],
      ['more lines than there are', [1, 0, 0, 2, 0, 0, 3], 1, 2, [1, 2]],
      ['runs of no length', [0, 0x40, 0, 0, 0x80, 5, 6], 1, 1, [6]],
      ['what breaks off in a run', [4, 0, 0xc1], 3, 1, [4, 0, 0]],
      ['nothing', [], 2, 1, [0, 0]],
    ];
    for (const [name, data, width, height, pixels] of cases) {
      it(`have ${name}`, () => {
        assert.deepEqual([...parts.decodeRunLength(Uint8Array.from(data), width, height)], pixels);
      });
    }
  });

  describe('PGS', () => {
    const white = [255, 255, 255, 255];
    /** The pixels of the only image, in groups of four. */
    const pixelsOf = ({ images }: Picture): number[][] => {
      assert.equal(images.length, 1);
      const bytes = images[0]!.decode();
      return Array.from({ length: bytes.length / 4 }, (_, n) => [...bytes.subarray(n * 4, n * 4 + 4)]);
    };

    it('is shown where and when it says, until what comes next', () => {
      const bytes = sup(
        ...shown(
          segment(0x16, composition(PLANE, [placed(7, 10, 5)]), 2),
          segment(0x17, [1, 0, ...[10, 5, 2, 2].flatMap(u16)]),
          segment(0x14, COLOURS),
          segment(0x15, TINY),
        ),
        ...shown(segment(0x16, composition(PLANE, []), 3)),
      );
      const [first, second] = parts.parsePgs(bytes);
      assert.deepEqual([first!.start, first!.width, first!.height], [2, 64, 32]);
      const [image] = first!.images;
      assert.deepEqual([image!.x, image!.y, image!.width, image!.height], [10, 5, 2, 2]);
      const [a, b, c, d] = pixelsOf(first!);
      assert.deepEqual([a, d], [white, white]);
      assert.deepEqual(b, c);
      assert.equal(b![3], 128);
      assert.deepEqual([second!.start, second!.images.length], [3, 0]);
    });

    it('builds upon objects and palettes of before, until an epoch begins', () => {
      const again = composition(PLANE, [placed(7, 0, 0)], { state: 0 });
      const bytes = sup(
        ...shown(
          segment(0x16, composition(PLANE, [placed(7, 0, 0)])),
          segment(0x14, COLOURS),
          segment(0x15, TINY),
        ),
        // One colour becomes another, and the others stay.
        ...shown(segment(0x16, again), segment(0x14, [0, 1, 2, 235, 128, 128, 255])),
        ...shown(segment(0x16, composition(PLANE, [placed(7, 0, 0)]))),
      );
      const [, second, third] = parts.parsePgs(bytes);
      assert.deepEqual(pixelsOf(second!), [white, white, white, white]);
      assert.deepEqual(third!.images, []);
    });

    it('takes an object from several segments, and a part of it where that is all that is shown', () => {
      const whole = [1, 2, 0, 0, 2, 1, 0, 0];
      const first = [...u16(7), 0, 0x80, 0, ...u16(12), ...u16(2), ...u16(2), ...whole.slice(0, 3)];
      const bytes = sup(
        ...shown(
          segment(0x16, composition(PLANE, [cropped(7, 3, 4, 1, 0, 1, 9)])),
          segment(0x14, COLOURS),
          segment(0x15, first),
          segment(0x15, [...u16(7), 0, 0x40, ...whole.slice(3)]),
        ),
      );
      const [picture] = parts.parsePgs(bytes);
      const [image] = picture!.images;
      assert.deepEqual([image!.x, image!.y, image!.width, image!.height], [3, 4, 1, 2]);
      assert.deepEqual(pixelsOf(picture!)[1], white);
    });

    const head = [segment(0x14, COLOURS), segment(0x15, TINY)];
    const lies: readonly (readonly [string, Uint8Array])[] = [
      [
        'an object larger than any screen',
        sup(
          ...shown(
            segment(0x16, composition(PLANE, [placed(8, 0, 0)])),
            ...head,
            segment(0x15, object(8, 65_535, 65_535, [0, 0])),
          ),
        ),
      ],
      [
        'a plane larger than any screen',
        sup(...shown(segment(0x16, composition([65_535, 65_535], [placed(7, 0, 0)])), ...head)),
      ],
      [
        'a plane without pixels',
        sup(...shown(segment(0x16, composition([0, 32], [placed(7, 0, 0)])), ...head)),
      ],
      [
        'a part outside its object',
        sup(...shown(segment(0x16, composition(PLANE, [cropped(7, 0, 0, 2, 2, 9, 9)])), ...head)),
      ],
      [
        'an object that never came',
        sup(...shown(segment(0x16, composition(PLANE, [placed(9, 0, 0)])), ...head)),
      ],
      [
        'a palette that never came',
        sup(...shown(segment(0x16, composition(PLANE, [placed(7, 0, 0)], { palette: 3 })), ...head)),
      ],
    ];
    for (const [name, bytes] of lies) {
      it(`shows nothing of ${name}`, () => {
        const [picture] = parts.parsePgs(bytes);
        assert.deepEqual(picture!.images, []);
      });
    }

    it('leaves out a segment that is shorter than it says, and ends where the file does', () => {
      const good = shown(segment(0x16, composition(PLANE, [placed(7, 0, 0)])), ...head);
      const broken = [segment(0x14, [0]), segment(0x15, [0, 7]), segment(0x16, composition(PLANE, [[0]]))];
      const bytes = sup(...broken, ...good, [0x50, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0x15, 0xff, 0xff, 1]);
      const [picture, ...more] = parts.parsePgs(bytes);
      assert.equal(picture!.images.length, 1);
      assert.deepEqual(more, []);
      assert.deepEqual(parts.parsePgs(Uint8Array.of(1, 2, 3)), []);
    });

    it('ends whatever it is given, with no more images than a disc could have', () => {
      const types = fc.constantFrom(0x14, 0x15, 0x16, 0x17, 0x80);
      const any = fc.tuple(types, fc.uint8Array({ maxLength: 40 }));
      fc.assert(
        fc.property(fc.array(any, { maxLength: 12 }), (all) => {
          const bytes = sup(...all.map(([type, body]) => segment(type, [...body])));
          for (const { images } of parts.parsePgs(bytes)) {
            assert.ok(images.length <= 16);
            for (const { width, height } of images)
              assert.ok(width > 0 && height > 0 && width * height <= 2 ** 24);
          }
        }),
      );
    });
  });

  describe('VobSub', () => {
    const AREA = [5, 0x00, 0x40, 0x07, 0x00, 0x20, 0x04];
    /** A unit of one control sequence at a place, and a second one behind it. */
    const unit = (
      pixels: readonly number[],
      commands: readonly number[],
      later: readonly number[] = [],
    ): Uint8Array => {
      const control = 4 + pixels.length;
      const second = control + 4 + commands.length;
      const body = [
        ...[...u16(control), ...pixels, 0, 0, ...u16(later.length === 0 ? control : second), ...commands],
        ...(later.length === 0 ? [] : [...later.slice(0, 2), ...u16(second), ...later.slice(2)]),
      ];
      return Uint8Array.from([...u16(body.length + 2), ...body]);
    };
    const fields = (even: number, odd: number): number[] => [6, ...u16(even), ...u16(odd)];
    const PALETTE = [0x000000, 0xff0000, 0x00ff00, 0x0000ff];

    it('says where it is, when it comes and when it goes', () => {
      // Columns 4 to 7, lines 2 to 4.
      const picture = parts.parseSubPicture(
        unit([0, 0], [3, 0x32, 0x10, 4, 0xff, 0xf0, ...AREA, ...fields(4, 5), 1, 0xff], [0, 88, 2, 0xff]),
      )!;
      assert.deepEqual([picture.x, picture.y, picture.width, picture.height], [4, 2, 4, 3]);
      assert.equal(picture.start, 0);
      assert.ok(Math.abs(picture.end! - (88 * 1024) / 90_000) < 1e-9);
    });

    it('passes over a change of colours within the picture, by its own size', () => {
      const before = [7, ...u16(4), 0xff, 0xff];
      const picture = parts.parseSubPicture(unit([0, 0], [...before, ...AREA, ...fields(4, 5), 1, 0xff]));
      assert.deepEqual([picture?.width, picture?.height], [4, 3]);
    });

    /** Rows of colours, by their digits, of a picture of four pixels by three. */
    const rowsOf = (pixels: readonly number[], even: number, odd: number): string[] => {
      const data = unit(pixels, [3, 0x32, 0x10, 4, 0xff, 0xf0, ...AREA, ...fields(even, odd), 1, 0xff]);
      const rgba = parts.decodeSubPicture(data, parts.parseSubPicture(data)!, PALETTE);
      const digitAt = (at: number): string => {
        const colour = (rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!;
        return rgba[at + 3] === 0 ? '.' : String(PALETTE.indexOf(colour));
      };
      return [0, 1, 2].map((y) => [0, 1, 2, 3].map((x) => digitAt((y * 4 + x) * 4)).join(''));
    };
    const images: readonly (readonly [string, number[], number, number, string[]])[] = [
      [
        'runs of one nibble and of two, in two fields',
        [0x96, 0x40, 0xff, 0x12],
        4,
        7,
        ['112.', '2222', '3333'],
      ],
      [
        'a run of no length, which ends the line',
        [0x50, 0x00, 0x20, 0x00, 0x03],
        4,
        7,
        ['1222', '3333', '3333'],
      ],
      [
        'runs of three nibbles and of four, longer than a line',
        [0x04, 0x10, 0x01, 0x02],
        4,
        6,
        ['1111', '2222', '2222'],
      ],
      ['fields that are one and the same', [0x12, 0x11], 4, 4, ['2222', '2222', '1111']],
      ['a field that is not there', [0x12, 0x11], 4, 0xffff, ['2222', '....', '1111']],
    ];
    for (const [name, pixels, even, odd, rows] of images) {
      it(`decodes ${name}`, () => {
        assert.deepEqual(rowsOf(pixels, even, odd), rows);
      });
    }

    const empty: readonly (readonly [string, Uint8Array])[] = [
      ['nothing', Uint8Array.of()],
      ['an area that ends before it begins', unit([0], [5, 0, 0x70, 4, 0, 0x20, 4, ...fields(4, 4), 0xff])],
      ['no area', unit([0], [...fields(4, 4), 1, 0xff])],
      ['no addresses', unit([0], [...AREA, 1, 0xff])],
      ['commands that break off', unit([0], [5, 0, 0])],
      ['commands behind its end', Uint8Array.of(0, 6, 0xff, 0xf0, 0, 0)],
    ];
    for (const [name, data] of empty) {
      it(`shows nothing of a unit with ${name}`, () => {
        assert.equal(parts.parseSubPicture(data), undefined);
      });
    }

    it('finds a unit in its packets, among others, and none where it breaks off', () => {
      for (const size of [10, 2010, 5000, 65_535]) {
        const data = Uint8Array.from({ length: size }, (_, n) => (n < 2 ? u16(size)[n]! : n % 251));
        const packs = writePacks(data, 1000);
        assert.deepEqual(parts.readSubPicture(packs, 0), data);
        // A packet of another language in front, and one that is padding.
        const other = Uint8Array.of(0, 0, 1, 0xbd, 0, 5, 0x80, 0, 0, 0x21, 9, 0, 0, 1, 0xbe, 0, 1, 0xff);
        const at = 2048;
        const mixed = Uint8Array.from([...packs.subarray(0, at), ...other, ...packs.subarray(at)]);
        assert.deepEqual(parts.readSubPicture(mixed, 0), data);
        if (size > 10) assert.equal(parts.readSubPicture(packs.subarray(0, -2048), 0), undefined);
        assert.equal(parts.readSubPicture(packs, packs.length), undefined);
        assert.equal(parts.readSubPicture(packs, 1), undefined);
      }
      const pack = [0, 0, 1, 0xba, ...new Array<number>(10).fill(0)];
      const endless = Uint8Array.from(new Array<number[]>(5000).fill(pack).flat());
      assert.equal(parts.readSubPicture(endless, 0), undefined);
    });

    it('reads an index, and what of it makes sense', () => {
      const index = parts.parseVobsubIndex(
        '# VobSub\r\nsize: 720x480\r\npalette: 000000, ff0000,00FF00\r\ntimestamp: 01:02:03:450, filepos: 0000a800\r\n' +
          'timestamp: x, filepos: 0\r\ntimestamp: 00:00:01:000, filepos: zz\r\nid: en, index: 0\r\n',
      );
      assert.deepEqual([index.width, index.height], [720, 480]);
      assert.deepEqual(index.palette, [0, 0xff0000, 0x00ff00]);
      assert.deepEqual(index.entries, [{ seconds: 3723.45, position: 0xa800 }]);
      const { width, height, entries } = parts.parseVobsubIndex('');
      assert.deepEqual([width, height, entries], [720, 576, []]);
    });

    it('shows one picture until the next one, or until it says that it goes', () => {
      const data = (later: readonly number[]): Uint8Array =>
        unit([0x12, 0x11], [3, 0x32, 0x10, 4, 0xff, 0xf0, ...AREA, ...fields(4, 4), 1, 0xff], later);
      const [stays, goes] = [writePacks(data([]), 1000), writePacks(data([0, 88, 2, 0xff]), 5000)];
      const lines = [
        `timestamp: 00:00:05:000, filepos: ${stays.length.toString(16)}`,
        'timestamp: 00:00:01:000, filepos: 0',
      ];
      const pictures = parts.parseVobsub(
        ['size: 64x32', ...lines].join('\n'),
        Uint8Array.from([...stays, ...goes]),
      );
      assert.deepEqual(
        pictures.map(({ start, images: some }) => [Math.round(start * 1000), some.length]),
        [
          [1000, 1],
          [5000, 1],
          [6001, 0],
        ],
      );
    });

    it('ends whatever it is given', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
          if (bytes.length > 3) bytes.set([0, bytes.length, 0, bytes[3]! % bytes.length]);
          const picture = parts.parseSubPicture(bytes);
          if (picture === undefined) return;
          const { width, height } = picture;
          assert.equal(parts.decodeSubPicture(bytes, picture, PALETTE).length, width * height * 4);
        }),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), (bytes, position) => {
          parts.readSubPicture(bytes, position);
        }),
      );
    });
  });

  describe(
    'compared with what ffmpeg draws',
    { skip: missingTools('pictures of subtitles', 'ffmpeg') },
    () => {
      let folder: string;
      before(() => {
        folder = mkdtempSync(join(tmpdir(), 'segmint-page-bitmaps-'));
      });
      after(() => rmSync(folder, { recursive: true }));

      const ffmpeg = (...args: readonly string[]): Uint8Array =>
        execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], {
          cwd: folder,
          maxBuffer: 2 ** 26,
        });
      /** What a file of subtitles is over black two seconds on, as red, green and blue. */
      const drawn = (file: string, [width, height]: readonly [number, number]): Uint8Array =>
        ffmpeg(
          ...['-f', 'lavfi', '-i', `color=black:size=${width}x${height}:rate=1:duration=4`, '-i', file],
          ...[
            '-filter_complex',
            '[0:v]format=gbrp[v];[v][1:s]overlay=format=gbrp,trim=start=2:end=3,format=rgb24[out]',
          ],
          ...['-map', '[out]', '-frames:v', '1', '-f', 'rawvideo', '-'],
        );
      /** The same of what the page decodes. */
      const painted = ({ width, height, images }: Picture): Uint8Array => {
        const plane = new Uint8Array(width * height * 3);
        for (const image of images) {
          const pixels = image.decode();
          for (let at = 0; at < image.width * image.height; at++) {
            const [red, green, blue, alpha = 0] = pixels.subarray(at * 4, at * 4 + 4);
            const place = (image.y + Math.floor(at / image.width)) * width + image.x + (at % image.width);
            plane.set(
              [red!, green!, blue!].map((value) => Math.round((value * alpha) / 255)),
              place * 3,
            );
          }
        }
        return plane;
      };
      const assertAlike = (page: Uint8Array, expected: Uint8Array): void => {
        assert.equal(page.length, expected.length);
        const worst = page.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0);
        assert.ok(worst <= 3, `a channel is ${worst} off`);
        assert.ok(expected.some((value) => value > 200));
      };

      /** A picture of stripes in eight colours, half of them half transparent; in odd sizes and places. */
      const stripes = (plane: readonly [number, number]): Uint8Array => {
        const [width, height] = [37, 11];
        const colours = [
          [235, 128, 128],
          [81, 240, 90],
          [145, 34, 54],
          [41, 110, 240],
          [210, 146, 16],
          [170, 16, 166],
          [106, 222, 202],
          [128, 128, 128],
        ];
        const entries = colours.flatMap((colour, n) => [n + 1, ...colour, n % 2 === 0 ? 255 : 128]);
        const rows = Array.from({ length: height }, (_, y) => [
          ...[1 + (y % 8), 0, 0x80 | 20, 1 + ((y + 3) % 8), 0, 5, 0, 0x80 | 11, 1 + ((y + 5) % 8), 0, 0],
        ]);
        return sup(
          ...shown(
            segment(0x16, composition(plane, [placed(0, 21, 9)])),
            segment(0x17, [1, 0, ...[21, 9, width, height].flatMap(u16)]),
            segment(0x14, [0, 0, ...entries]),
            segment(0x15, object(0, width, height, rows.flat())),
          ),
        );
      };

      for (const plane of [
        [720, 480],
        [720, 576],
        [1280, 720],
      ] as const) {
        it(`PGS on ${plane.join(' x ')} has the same pixels and colours`, () => {
          const bytes = stripes(plane);
          writeFileSync(join(folder, 'stripes.sup'), bytes);
          assertAlike(painted(parts.parsePgs(bytes)[0]!), drawn('stripes.sup', plane));
        });
      }

      it('VobSub has the same pixels and colours', () => {
        const plane = [720, 576] as const;
        writeFileSync(join(folder, 'stripes.sup'), stripes(plane));
        ffmpeg('-i', 'stripes.sup', '-c:s', 'dvdsub', 'stripes.mkv');
        const data = ffmpeg(
          '-i',
          'stripes.mkv',
          '-map',
          '0:s',
          '-c',
          'copy',
          '-frames:s',
          '1',
          '-f',
          'data',
          '-',
        );
        const settings = new TextDecoder('latin1').decode(
          ffmpeg('-i', 'stripes.mkv', '-map', '0:s', '-c', 'copy', '-f', 'matroska', '-'),
        );
        const palette = /^palette: .*$/m.exec(settings)![0];
        const index = `size: 720x576\n${palette}\ntimestamp: 00:00:01:000, filepos: 0\n`;
        const [picture] = parts.parseVobsub(index, writePacks(data, 1000));
        assertAlike(painted(picture!), drawn('stripes.mkv', plane));
      });
    },
  );
});
