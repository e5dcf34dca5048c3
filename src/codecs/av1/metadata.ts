import { ByteCursor } from '../../bytes/cursor.js';
import { MalformedMediaError } from '../../errors.js';
import type { ContentLight, MasteringDisplay } from '../../media/track.js';
import { obuType, readObu } from './obu.js';

/** metadata_type of the static HDR metadata. AV1 specification, section 6.7.1. */
const metadataType = { contentLight: 1, masteringDisplay: 2 } as const;

/**
 * Finds static HDR metadata in a temporal unit. Metadata that are cut off count as absent.
 * @see AV1 specification, section 5.8
 */
export function findAv1HdrMetadata(obus: Uint8Array): {
  readonly masteringDisplay: MasteringDisplay | undefined;
  readonly contentLight: ContentLight | undefined;
} {
  let masteringDisplay: MasteringDisplay | undefined;
  let contentLight: ContentLight | undefined;
  for (let obu = readObu(obus, 0); obu !== undefined; obu = readObu(obus, obu.end)) {
    if (obu.type !== obuType.metadata) continue;
    // metadata_type is a leb128; those below 128 are one byte.
    const type = obus[obu.payloadStart];
    const body = obus.subarray(obu.payloadStart + 1, obu.end);
    try {
      if (type === metadataType.masteringDisplay) masteringDisplay ??= parseMasteringDisplay(body);
      if (type === metadataType.contentLight) contentLight ??= parseContentLight(body);
    } catch (error) {
      if (!(error instanceof MalformedMediaError)) throw error;
    }
  }
  return { masteringDisplay, contentLight };
}

/** Chromaticities are 0.16, luminances 24.8 and 18.14 fixed point. AV1 specification, section 6.7.4. */
function parseMasteringDisplay(body: Uint8Array): MasteringDisplay {
  const cursor = new ByteCursor(body, 'AV1 metadata_hdr_mdcv');
  const point = (): [number, number] => {
    const x = cursor.u16() / 65536;
    return [x, cursor.u16() / 65536];
  };
  const red = point();
  const green = point();
  const blue = point();
  const white = point();
  const maxLuminance = cursor.u32() / 256;
  return { red, green, blue, white, maxLuminance, minLuminance: cursor.u32() / 16384 };
}

function parseContentLight(body: Uint8Array): ContentLight {
  const cursor = new ByteCursor(body, 'AV1 metadata_hdr_cll');
  const maxCll = cursor.u16();
  return { maxCll, maxFall: cursor.u16() };
}
