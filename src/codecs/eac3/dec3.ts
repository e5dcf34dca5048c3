import { BitWriter } from '../../bytes/bit-writer.js';
import { ac3BlockSamples, ac3Channels } from '../ac3/channels.js';
import type { Eac3SyncFrame } from './sync-frame.js';

/** An independent substream (a program) and what its dependent ones add. */
interface Program {
  readonly head: Eac3SyncFrame;
  dependents: number;
  /** chan_loc: one bit for each location that dependent substreams add. */
  locations: number;
}

/** Bit of chan_loc for each bit of chanmap, from the left channel on. ETSI TS 102 366, tables E.1.4 and F.6.1. */
const locationOfMapBit: readonly (number | undefined)[] = [
  ...[undefined, undefined, undefined, undefined, undefined],
  ...[0, 1, 2, 3, 4, 5, 6, 7],
  ...[undefined, 8, undefined],
];

/** Channels for each bit of chan_loc: pairs are Lc/Rc, Lrs/Rrs, Lsd/Rsd, Lw/Rw and Lvh/Rvh. */
const channelsOfLocation: readonly number[] = [2, 2, 1, 1, 2, 2, 2, 1, 1];

/**
 * Builds the payload of a `dec3` box.
 * @param frames - all frames of the first access unit, in stored order; the first is independent.
 * @returns the payload, owned by the caller.
 * @see ETSI TS 102 366, section F.6; for Atmos ETSI TS 103 420, section C.3
 */
export function buildDec3(frames: readonly Eac3SyncFrame[]): Uint8Array {
  const programs = programsOf(frames);
  const joc = frames.find((frame) => frame.jocComplexity !== undefined)?.jocComplexity;
  const bitCount =
    16 +
    programs.reduce((sum, program) => sum + (program.dependents > 0 ? 32 : 24), 0) +
    (joc === undefined ? 0 : 16);
  const writer = new BitWriter(bitCount / 8);
  writer.bits(Math.min(dataRate(frames), 0x1fff), 13);
  writer.bits(programs.length - 1, 3);
  for (const { head, dependents, locations } of programs) {
    writer.bits(head.sampleRateCode, 2);
    writer.bits(head.bsid, 5);
    writer.bits(0, 2); // reserved, asvc
    writer.bits(head.bsmod, 3);
    writer.bits(head.acmod, 3);
    writer.bits(head.hasLfe ? 1 : 0, 1);
    writer.bits(0, 3);
    writer.bits(dependents, 4);
    if (dependents > 0) writer.bits(locations, 9);
    else writer.bits(0, 1);
  }
  if (joc !== undefined) {
    writer.bits(1, 8); // seven reserved bits, flag_ec3_extension_type_a
    writer.bits(joc, 8);
  }
  return writer.finish();
}

/** Channels of the first program, its dependent substreams' included. */
export function eac3Channels(frames: readonly Eac3SyncFrame[]): number {
  const { head, locations } = programsOf(frames)[0]!;
  return channelsOfLocation.reduce(
    (sum, channels, bit) => sum + (((locations >> bit) & 1) === 1 ? channels : 0),
    ac3Channels(head.acmod, head.hasLfe),
  );
}

/** Samples that the first program's frames give. */
export function eac3Samples(frames: readonly Eac3SyncFrame[]): number {
  let blocks = 0;
  for (const frame of frames) {
    if (frame.streamType !== 1 && frame.substreamId === 0) blocks += frame.blocks;
  }
  return blocks * ac3BlockSamples;
}

/** A program's frames repeat when an access unit is made of several short ones: each is counted once. */
function programsOf(frames: readonly Eac3SyncFrame[]): Program[] {
  const programs = new Map<number, Program>();
  const dependents = new Set<number>();
  let current: Program | undefined;
  for (const frame of frames) {
    if (frame.streamType !== 1 || current === undefined) {
      current = programs.get(frame.substreamId) ?? { head: frame, dependents: 0, locations: 0 };
      programs.set(frame.substreamId, current);
      continue;
    }
    const key = current.head.substreamId * 8 + frame.substreamId;
    if (!dependents.has(key)) {
      dependents.add(key);
      current.dependents++;
    }
    current.locations |= locationsOf(frame.channelMap ?? 0);
  }
  return [...programs.values()];
}

function locationsOf(channelMap: number): number {
  let locations = 0;
  locationOfMapBit.forEach((location, index) => {
    if (location !== undefined && ((channelMap >> (15 - index)) & 1) === 1) locations |= 1 << location;
  });
  return locations;
}

/** Bit rate of all substreams in kbit/s. */
function dataRate(frames: readonly Eac3SyncFrame[]): number {
  const bytes = frames.reduce((sum, frame) => sum + frame.frameSize, 0);
  const samples = eac3Samples(frames) || ac3BlockSamples;
  return Math.floor((bytes * 8 * frames[0]!.sampleRate) / samples / 1000);
}
