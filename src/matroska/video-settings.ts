import type { ContentLight, MasteringDisplay, VideoColor } from '../media/track.js';
import type { ElementCursor } from './element-cursor.js';
import { ID } from './schema.js';

/** What a Video element says. */
export interface VideoSettings {
  /** Width of the coded picture in pixels. */
  readonly width: number;
  /** Height of the coded picture in pixels. */
  readonly height: number;
  /** Shape of one pixel, horizontal over vertical; undefined where no size is stated at which the picture is shown. */
  readonly pixelAspectRatio: readonly [number, number] | undefined;
  /** Degrees, clockwise, by which the picture is turned to be shown upright. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** StereoMode; 0 is mono. */
  readonly stereoMode: number;
  /** Whether the material is said to be interlaced. */
  readonly isInterlaced: boolean;
  /** Fourcc of how plain pictures are stored; undefined when not stated. */
  readonly colourSpace: string | undefined;
  /** Colour description. */
  readonly color: VideoColor | undefined;
  /** Mastering display. */
  readonly masteringDisplay: MasteringDisplay | undefined;
  /** Content light level. */
  readonly contentLight: ContentLight | undefined;
}

interface Geometry {
  width: number;
  height: number;
  cropHorizontal: number;
  cropVertical: number;
  displayWidth: number;
  displayHeight: number;
  displayUnit: number;
}

interface ColourFacts {
  color: VideoColor | undefined;
  masteringDisplay: MasteringDisplay | undefined;
  contentLight: ContentLight | undefined;
}

/** H.273 code point for "unspecified". */
const UNSPECIFIED = 2;

/**
 * Parses a Video element.
 * @see RFC 9559, section 5.1.4.1.28
 */
export function parseVideoSettings(video: ElementCursor): VideoSettings {
  const geometry: Geometry = {
    width: 0,
    height: 0,
    cropHorizontal: 0,
    cropVertical: 0,
    displayWidth: 0,
    displayHeight: 0,
    displayUnit: 0,
  };
  let rotation: VideoSettings['rotation'] = 0;
  let stereoMode = 0;
  let isInterlaced = false;
  let colourSpace: string | undefined;
  let colour: ColourFacts = { color: undefined, masteringDisplay: undefined, contentLight: undefined };
  while (video.next()) {
    switch (video.id) {
      case ID.PixelWidth:
        geometry.width = video.uint();
        break;
      case ID.PixelHeight:
        geometry.height = video.uint();
        break;
      case ID.PixelCropLeft:
      case ID.PixelCropRight:
        geometry.cropHorizontal += video.uint();
        break;
      case ID.PixelCropTop:
      case ID.PixelCropBottom:
        geometry.cropVertical += video.uint();
        break;
      case ID.DisplayWidth:
        geometry.displayWidth = video.uint();
        break;
      case ID.DisplayHeight:
        geometry.displayHeight = video.uint();
        break;
      case ID.DisplayUnit:
        geometry.displayUnit = video.uint();
        break;
      case ID.FlagInterlaced:
        isInterlaced = video.uint() === 1;
        break;
      case ID.StereoMode:
        stereoMode = video.uint();
        break;
      case ID.ColourSpace:
        colourSpace = video.text() || undefined;
        break;
      case ID.Colour:
        colour = parseColour(video.master());
        break;
      case ID.Projection:
        rotation = parseRotation(video.master());
        break;
    }
  }
  return {
    width: geometry.width,
    height: geometry.height,
    pixelAspectRatio: pixelAspectRatio(geometry),
    rotation,
    stereoMode,
    isInterlaced,
    colourSpace,
    ...colour,
  };
}

/**
 * Derives the shape of a pixel from the displayed and the cropped size. Whatever DisplayUnit is (pixels, centimetres,
 * inches, an aspect ratio), only the relation of the two matters; in an unknown unit they say nothing.
 * @see RFC 9559, sections 5.1.4.1.28.8 to 5.1.4.1.28.14
 */
function pixelAspectRatio(geometry: Geometry): readonly [number, number] | undefined {
  const width = geometry.width - geometry.cropHorizontal;
  const height = geometry.height - geometry.cropVertical;
  // In pixels, a dimension that is not stated is that of the cropped picture.
  const isPixels = geometry.displayUnit === 0;
  const displayWidth = geometry.displayWidth || (isPixels ? width : 0);
  const displayHeight = geometry.displayHeight || (isPixels ? height : 0);
  const horizontal = displayWidth * height;
  const vertical = displayHeight * width;
  const isUsable =
    geometry.displayUnit <= 3 &&
    width > 0 &&
    height > 0 &&
    horizontal > 0 &&
    vertical > 0 &&
    Number.isSafeInteger(horizontal) &&
    Number.isSafeInteger(vertical);
  const isStated = geometry.displayWidth > 0 || geometry.displayHeight > 0;
  if (!isUsable || !isStated) return undefined;
  const divisor = greatestCommonDivisor(horizontal, vertical);
  return [horizontal / divisor, vertical / divisor];
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/**
 * Reads the roll of a rectangular projection, which is how Matroska stores a turned picture. Its angle counts
 * counter-clockwise.
 * @see RFC 9559, section 5.1.4.1.28.46 (ProjectionPoseRoll)
 */
function parseRotation(projection: ElementCursor): VideoSettings['rotation'] {
  let type = 0;
  let roll = 0;
  while (projection.next()) {
    if (projection.id === ID.ProjectionType) type = projection.uint();
    else if (projection.id === ID.ProjectionPoseRoll) roll = projection.float();
  }
  if (type !== 0 || !Number.isFinite(roll)) return 0;
  const quarterTurns = Math.round(-roll / 90) % 4;
  return (((quarterTurns + 4) % 4) * 90) as VideoSettings['rotation'];
}

/** @see RFC 9559, section 5.1.4.1.28.16 (Colour) */
function parseColour(colour: ElementCursor): ColourFacts {
  let matrix = UNSPECIFIED;
  let transfer = UNSPECIFIED;
  let primaries = UNSPECIFIED;
  let range = 0;
  let maxCll: number | undefined;
  let maxFall: number | undefined;
  let masteringDisplay: MasteringDisplay | undefined;
  while (colour.next()) {
    switch (colour.id) {
      case ID.MatrixCoefficients:
        matrix = colour.uint(UNSPECIFIED);
        break;
      case ID.TransferCharacteristics:
        transfer = colour.uint(UNSPECIFIED);
        break;
      case ID.Primaries:
        primaries = colour.uint(UNSPECIFIED);
        break;
      case ID.Range:
        range = colour.uint();
        break;
      case ID.MaxCLL:
        maxCll = colour.uint();
        break;
      case ID.MaxFALL:
        maxFall = colour.uint();
        break;
      case ID.MasteringMetadata:
        masteringDisplay = parseMastering(colour.master());
        break;
    }
  }
  const fullRange = range === 1 ? false : range === 2 ? true : undefined;
  const saysColour =
    matrix !== UNSPECIFIED ||
    transfer !== UNSPECIFIED ||
    primaries !== UNSPECIFIED ||
    fullRange !== undefined;
  return {
    color: saysColour ? { primaries, transfer, matrix, fullRange } : undefined,
    masteringDisplay,
    contentLight:
      maxCll === undefined && maxFall === undefined
        ? undefined
        : { maxCll: maxCll ?? 0, maxFall: maxFall ?? 0 },
  };
}

const MASTERING_FIELDS: readonly number[] = [
  ID.PrimaryRChromaticityX,
  ID.PrimaryRChromaticityY,
  ID.PrimaryGChromaticityX,
  ID.PrimaryGChromaticityY,
  ID.PrimaryBChromaticityX,
  ID.PrimaryBChromaticityY,
  ID.WhitePointChromaticityX,
  ID.WhitePointChromaticityY,
  ID.LuminanceMax,
  ID.LuminanceMin,
];

/**
 * Reads the mastering display; undefined unless all of it is there and can be true.
 * @see RFC 9559, section 5.1.4.1.28.29 (MasteringMetadata)
 */
function parseMastering(mastering: ElementCursor): MasteringDisplay | undefined {
  const values = new Array<number>(MASTERING_FIELDS.length).fill(Number.NaN);
  while (mastering.next()) {
    const field = MASTERING_FIELDS.indexOf(mastering.id);
    if (field >= 0) values[field] = mastering.float();
  }
  const [rx, ry, gx, gy, bx, by, wx, wy, maxLuminance, minLuminance] = values as [
    ...[number, number, number, number, number, number, number, number, number, number],
  ];
  const isPlausible =
    values.slice(0, 8).every((value) => value >= 0 && value <= 1) &&
    minLuminance >= 0 &&
    maxLuminance > minLuminance &&
    maxLuminance <= 1e6;
  if (!isPlausible) return undefined;
  return { red: [rx, ry], green: [gx, gy], blue: [bx, by], white: [wx, wy], maxLuminance, minLuminance };
}
