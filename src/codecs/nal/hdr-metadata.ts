import { MalformedMediaError } from '../../errors.js';
import type { ContentLight, MasteringDisplay } from '../../media/track.js';
import { removeEmulationPrevention } from './emulation-prevention.js';
import { parseContentLight, parseMasteringDisplay, seiPayloadType, viewSeiPayload } from './sei.js';

/** Static HDR metadata that SEI messages state. */
export interface HdrMetadata {
  /** Mastering display colour volume. */
  readonly masteringDisplay: MasteringDisplay | undefined;
  /** Content light level. */
  readonly contentLight: ContentLight | undefined;
}

/**
 * Finds static HDR metadata among SEI NAL units. Messages that are cut off count as absent: a picture can be shown
 * without them.
 * @param units - SEI NAL units with their headers.
 * @param headerSize - bytes of the NAL unit header: 1 for H.264, 2 for HEVC.
 */
export function findHdrMetadata(units: readonly Uint8Array[], headerSize: number): HdrMetadata {
  let masteringDisplay: MasteringDisplay | undefined;
  let contentLight: ContentLight | undefined;
  for (const unit of units) {
    const rbsp = removeEmulationPrevention(unit.subarray(headerSize));
    masteringDisplay ??= parseIfWhole(
      viewSeiPayload(rbsp, seiPayloadType.masteringDisplay),
      parseMasteringDisplay,
    );
    contentLight ??= parseIfWhole(viewSeiPayload(rbsp, seiPayloadType.contentLight), parseContentLight);
  }
  return { masteringDisplay, contentLight };
}

function parseIfWhole<T>(payload: Uint8Array | undefined, parse: (payload: Uint8Array) => T): T | undefined {
  if (payload === undefined) return undefined;
  try {
    return parse(payload);
  } catch (error) {
    if (error instanceof MalformedMediaError) return undefined;
    throw error;
  }
}
