import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { element, float, uint } from '../../test/support/ebml-writer.js';
import { ElementCursor } from './element-cursor.js';
import { ID } from './schema.js';
import { parseVideoSettings, type VideoSettings } from './video-settings.js';

function parse(...children: Uint8Array[]): VideoSettings {
  const video = new ElementCursor(element(ID.Video, ...children), 0, 'Test');
  video.next();
  return parseVideoSettings(video.master());
}

const size = (width: number, height: number): Uint8Array[] => [
  uint(ID.PixelWidth, width),
  uint(ID.PixelHeight, height),
];

describe('pixel aspect ratio', () => {
  const display = (width: number, height: number, unit?: number): Uint8Array[] => [
    ...(width > 0 ? [uint(ID.DisplayWidth, width)] : []),
    ...(height > 0 ? [uint(ID.DisplayHeight, height)] : []),
    ...(unit === undefined ? [] : [uint(ID.DisplayUnit, unit)]),
  ];
  const cases: { what: string; children: Uint8Array[]; ratio: [number, number] | undefined }[] = [
    { what: 'no display size', children: size(720, 576), ratio: undefined },
    { what: 'PAL shown as 16:9', children: [...size(720, 576), ...display(1024, 576)], ratio: [64, 45] },
    { what: 'an aspect ratio', children: [...size(720, 576), ...display(16, 9, 3)], ratio: [64, 45] },
    { what: 'centimetres', children: [...size(640, 480), ...display(40, 30, 1)], ratio: [1, 1] },
    { what: 'an unknown unit', children: [...size(640, 480), ...display(5, 1, 4)], ratio: undefined },
    { what: 'only a width, in pixels', children: [...size(854, 480), ...display(853, 0)], ratio: [853, 854] },
    {
      what: 'only a width, in inches',
      children: [...size(854, 480), ...display(853, 0, 2)],
      ratio: undefined,
    },
    {
      what: 'cropping, display size of the cropped picture',
      children: [...size(1920, 1088), uint(ID.PixelCropBottom, 8), ...display(1920, 1080)],
      ratio: [1, 1],
    },
    { what: 'cropping alone', children: [...size(1920, 1088), uint(ID.PixelCropTop, 8)], ratio: undefined },
    {
      what: 'cropping of everything',
      children: [...size(8, 8), uint(ID.PixelCropLeft, 9)],
      ratio: undefined,
    },
    { what: 'no picture size', children: display(16, 9), ratio: undefined },
    {
      what: 'absurd numbers',
      children: [...size(2 ** 40, 1), ...display(2 ** 40, 1), uint(ID.DisplayHeight, 2 ** 40)],
      ratio: undefined,
    },
  ];
  for (const { what, children, ratio } of cases) {
    it(`of ${what} is ${ratio?.join(':') ?? 'not stated'}`, () =>
      assert.deepEqual(parse(...children).pixelAspectRatio, ratio));
  }
});

describe('rotation', () => {
  // RFC 9559: the roll counts counter-clockwise. `mkvpropedit --set projection-pose-roll=-90` shows turned clockwise.
  const cases = [
    { roll: 0, rotation: 0 },
    { roll: -90, rotation: 90 },
    { roll: 90, rotation: 270 },
    { roll: 180, rotation: 180 },
    { roll: -180, rotation: 180 },
    { roll: -88, rotation: 90 },
    { roll: 44, rotation: 0 },
    { roll: Number.NaN, rotation: 0 },
  ];
  for (const { roll, rotation } of cases) {
    it(`of a roll of ${roll} degrees is ${rotation}`, () => {
      assert.equal(parse(element(ID.Projection, float(ID.ProjectionPoseRoll, roll))).rotation, rotation);
    });
  }

  it('is none for a sphere, whatever its roll', () => {
    const sphere = element(ID.Projection, uint(ID.ProjectionType, 1), float(ID.ProjectionPoseRoll, 90));
    assert.equal(parse(sphere).rotation, 0);
  });
});

describe('colour', () => {
  it('is told when something is said', () => {
    const colour = element(
      ID.Colour,
      uint(ID.Primaries, 9),
      uint(ID.TransferCharacteristics, 16),
      uint(ID.MatrixCoefficients, 9),
      uint(ID.Range, 2),
      uint(ID.MaxCLL, 1000),
    );
    const { color, contentLight, masteringDisplay } = parse(colour);
    assert.deepEqual(color, { primaries: 9, transfer: 16, matrix: 9, fullRange: true });
    assert.deepEqual(contentLight, { maxCll: 1000, maxFall: 0 });
    assert.equal(masteringDisplay, undefined);
  });

  it('is not when all is unspecified', () => {
    assert.equal(parse(element(ID.Colour, uint(ID.Primaries, 2), uint(ID.Range, 0))).color, undefined);
    assert.equal(parse().color, undefined);
  });

  it('has a mastering display only when it is whole and can be true', () => {
    const fields = [
      ...[0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329].map((value, i) => float(0x55d1 + i, value)),
      float(ID.LuminanceMax, 1000),
      float(ID.LuminanceMin, 0.005),
    ];
    const mastering = (...children: Uint8Array[]): VideoSettings['masteringDisplay'] =>
      parse(element(ID.Colour, element(ID.MasteringMetadata, ...children))).masteringDisplay;
    assert.deepEqual(mastering(...fields), {
      red: [0.708, 0.292],
      green: [0.17, 0.797],
      blue: [0.131, 0.046],
      white: [0.3127, 0.329],
      maxLuminance: 1000,
      minLuminance: 0.005,
    });
    for (let missing = 0; missing < fields.length; missing++) {
      assert.equal(mastering(...fields.filter((_, i) => i !== missing)), undefined);
    }
    assert.equal(mastering(...fields, float(ID.LuminanceMin, 2000)), undefined);
  });
});

describe('flags', () => {
  it('are read', () => {
    const settings = parse(uint(ID.FlagInterlaced, 1), uint(ID.StereoMode, 3));
    assert.equal(settings.isInterlaced, true);
    assert.equal(settings.stereoMode, 3);
    assert.equal(parse(uint(ID.FlagInterlaced, 2)).isInterlaced, false);
  });
});
