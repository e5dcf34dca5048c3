import { checkLimit } from '../bytes/limits.js';
import type { VideoColor } from '../media/track.js';
import { box, type Box } from './box.js';
import { buildClli } from './boxes/clli.js';
import { buildColr } from './boxes/colr.js';
import { buildMdcv } from './boxes/mdcv.js';
import { buildPasp } from './boxes/pasp.js';
import { buildDecoderConfiguration } from './decoder-configuration.js';
import type { MuxVideoTrack } from './mux-track.js';

/** 72 dpi in 16.16 fixed point: what the specification prescribes. */
const RESOLUTION = 0x00480000;
/** "Images are in colour with no alpha". */
const DEPTH = 0x0018;
/** ITU-T H.273: the code point of each field that says nothing. */
const UNSPECIFIED = 2;

/**
 * VisualSampleEntry: the codec's record first, where players look for it, then what concerns the picture's display.
 * `compressorname` is for people only and stays empty.
 * @throws {LimitExceededError} when the picture or its pixel's shape does not fit the fields.
 * @see ISO/IEC 14496-12 - 12.1.3
 */
export function buildVisualSampleEntry(track: MuxVideoTrack): Box {
  const { sampleEntry, width, height, decoder } = track.configuration;
  checkLimit('picture width', width, 0xffff);
  checkLimit('picture height', height, 0xffff);
  const dolbyVision = track.dolbyVision ?? track.configuration.dolbyVision;
  const color = declaredColor(track);
  const mastering = track.masteringDisplay ?? track.configuration.masteringDisplay;
  const light = track.contentLight ?? track.configuration.contentLight;
  return box(
    sampleEntry,
    78,
    (writer) => {
      writer.zeros(6);
      writer.u16(1); // data_reference_index
      writer.zeros(16);
      writer.u16(width);
      writer.u16(height);
      writer.u32(RESOLUTION);
      writer.u32(RESOLUTION);
      writer.zeros(4);
      writer.u16(1); // frame_count
      writer.zeros(32); // compressorname
      writer.u16(DEPTH);
      writer.i16(-1); // pre_defined
    },
    [
      buildDecoderConfiguration(decoder),
      dolbyVision &&
        buildDecoderConfiguration({ kind: 'box', type: dolbyVision.boxType, payload: dolbyVision.record }),
      color && buildColr(color),
      mastering && buildMdcv(mastering),
      light && buildClli(light),
      buildPasp(declaredPixelAspectRatio(track)),
    ],
  );
}

/** The pixel's shape that is declared: the container's word, else the bitstream's, else square. */
export function declaredPixelAspectRatio(track: MuxVideoTrack): readonly [number, number] {
  return track.pixelAspectRatio ?? track.configuration.pixelAspectRatio ?? [1, 1];
}

/** The colour that is declared: each field by the container's word, else the bitstream's; undefined when none says any. */
export function declaredColor(track: MuxVideoTrack): VideoColor | undefined {
  const container = track.color;
  const bitstream = track.configuration.color;
  if (container === undefined || bitstream === undefined) return container ?? bitstream;
  const pick = (field: 'primaries' | 'transfer' | 'matrix') =>
    container[field] === UNSPECIFIED ? bitstream[field] : container[field];
  return {
    primaries: pick('primaries'),
    transfer: pick('transfer'),
    matrix: pick('matrix'),
    fullRange: container.fullRange ?? bitstream.fullRange,
  };
}
